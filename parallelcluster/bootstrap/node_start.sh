#!/usr/bin/env bash
# OnNodeConfigured of a compute node: MOUNT BUCKET REGION GPUS ADAPTERS LEAST_GB_PER_S;
# the last three are what a node of its type has, for health_check.sh (0: not known).
# Mounts nothing and builds nothing, for ParallelCluster has mounted: it checks, pins,
# and starts the watcher of interruptions. Seconds, for a node costs while it starts.
set -euo pipefail
mount=${1:?the shared file system} gpus=${4:?how many GPUs}
adapters=${5:?how many adapters of EFA} least=${6:?GB/s of its memory}
root=${NODE_ROOT:-}
scripts=$mount/anticline/bootstrap

mountpoint -q "$mount" || { echo "$mount is not mounted" >&2; exit 1; }
[[ -x $scripts/watch_interruptions.sh ]] ||
    { echo "$scripts lacks the scripts; did head_start.sh run?" >&2; exit 1; }

# Pin: huge pages on request, no balancing between memory banks, ranks may lock memory.
tune() { if [[ -w $root$1 ]]; then echo "$2" >"$root$1"; fi; }
tune /sys/kernel/mm/transparent_hugepage/enabled madvise
tune /proc/sys/kernel/numa_balancing 0
mkdir -p "$root/etc/security/limits.d"
printf '%s\n' '* - memlock unlimited' '* - nofile 65536' \
    >"$root/etc/security/limits.d/90-anticline.conf"

mkdir -p "$root/etc/anticline"
printf '%s\n' "GPUS=$gpus" "ADAPTERS=$adapters" "LEAST_GB_PER_S=$least" \
    >"$root/etc/anticline/expected"

mkdir -p "$root/etc/systemd/system"
cat >"$root/etc/systemd/system/anticline-interruptions.service" <<END
[Unit]
Description=Hands EC2's notice of an interruption to the jobs of this node
After=slurmd.service
[Service]
ExecStart=$scripts/watch_interruptions.sh
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
END
if [[ -z $root ]]; then
    systemctl daemon-reload
    systemctl enable --now anticline-interruptions.service
fi
SHARED=$mount "$scripts/health_check.sh" --report
