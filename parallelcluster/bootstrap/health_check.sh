#!/usr/bin/env bash
# Slurm's HealthCheckProgram, run by slurmd as root every few minutes on an idle node.
#
#   health_check.sh             drain this node where something is wrong
#   health_check.sh --report    say what is wrong and exit with 1
#
# GPUs: as many as Slurm counts, none with an error that needs a reset. EFA: an adapter
# that the machine has is up. Memory: a copy by one core reaches LEAST_GB_PER_S, once
# an hour. The shared file system answers.
set -uo pipefail
report=false
[[ ${1:-} == --report ]] && report=true
node=${SLURMD_NODENAME:-$(hostname -s)}
mount=${SHARED:-/shared}
least=${LEAST_GB_PER_S:-4}
stamp=${STAMP:-/run/anticline-memory-checked}
infiniband=${INFINIBAND:-/sys/class/infiniband}
wrong=()

expected_gpus() {
    scontrol show node "$node" 2>/dev/null |
        sed -n 's/.*Gres=gpu:\([^:( ]*:\)\{0,1\}\([0-9][0-9]*\).*/\2/p' | head -1
}

gpus() {
    local wanted found
    wanted=$(expected_gpus)
    [[ -z $wanted || $wanted == 0 ]] && return
    found=$(timeout 30 nvidia-smi --query-gpu=ecc.errors.uncorrected.volatile.total \
        --format=csv,noheader 2>/dev/null) || { wrong+=("nvidia-smi fails"); return; }
    [[ $(wc -l <<<"$found") == "$wanted" ]] ||
        wrong+=("$(wc -l <<<"$found") GPUs of $wanted")
    if grep -qE '^[1-9]' <<<"$found"; then wrong+=("a GPU has uncorrected errors"); fi
}

adapters() {
    local port
    for port in "$infiniband"/*/ports/1/state; do
        [[ -e $port ]] || continue
        grep -q ACTIVE "$port" || wrong+=("EFA $(cut -d/ -f5 <<<"$port") is not active")
    done
}

# A copy of zeros in memory, in GB/s, by dd of 1 MiB blocks: slower than a core can, and
# far slower on a machine whose memory is throttled.
memory() {
    [[ -n $(find "$stamp" -mmin -60 2>/dev/null) ]] && return
    local rate
    rate=$(LC_ALL=C dd if=/dev/zero of=/dev/null bs=1M count=20000 2>&1 |
        awk '/copied/ { print $1 / $(NF - 3) / 1e9 }')
    if awk -v r="${rate:-0}" -v l="$least" 'BEGIN { exit !(r < l) }'; then
        wrong+=("memory copies ${rate:-0} GB/s, $least expected")
    else
        touch "$stamp"
    fi
}

shared() {
    timeout 20 stat -f "$mount" >/dev/null 2>&1 || wrong+=("$mount does not answer")
}

gpus
adapters
memory
shared
((${#wrong[@]} == 0)) && exit 0
why=$(IFS=';'; echo "${wrong[*]}")
if $report; then
    echo "$node: $why" >&2
    exit 1
fi
logger -t anticline-health "$node: $why" 2>/dev/null || true
scontrol update nodename="$node" state=drain reason="health: $why"
