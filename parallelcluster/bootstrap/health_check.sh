#!/usr/bin/env bash
# Slurm's HealthCheckProgram, run by slurmd as root every few minutes on an idle node.
#
#   health_check.sh             drain this node where something is wrong
#   health_check.sh --report    say what is wrong and exit with 1
#
# What a node of its type has stands in EXPECTED, which node_start.sh writes: GPUS,
# ADAPTERS (of EFA) and LEAST_GB_PER_S, a share of what its memory's channels carry.
#
# GPUs: as many, none with an error that needs a reset. EFA: as many adapters, each up.
# Memory: all cores together reach the rate, once an hour; the program that measures it
# comes with the environment, and without one nothing is measured. The shared file
# system answers.
set -uo pipefail
export PATH=$PATH:/opt/slurm/bin  # slurmd's own path does not have it
expected=${EXPECTED:-/etc/anticline/expected}
# shellcheck disable=SC1090
[[ -r $expected ]] && . "$expected"
report=false
[[ ${1:-} == --report ]] && report=true
node=${SLURMD_NODENAME:-$(hostname -s)}
mount=${SHARED:-/shared}
measure=${MEASURE:-$mount/anticline/$(uname -m)/bin/memory_bandwidth}
stamp=${STAMP:-/run/anticline-memory-checked}
infiniband=${INFINIBAND:-/sys/class/infiniband}
wrong=()

gpus() {
    local found
    ((${GPUS:-0} > 0)) || return
    found=$(timeout 30 nvidia-smi --query-gpu=ecc.errors.uncorrected.volatile.total \
        --format=csv,noheader 2>/dev/null) || { wrong+=("nvidia-smi fails"); return; }
    [[ $(wc -l <<<"$found") == "$GPUS" ]] ||
        wrong+=("$(wc -l <<<"$found") GPUs of $GPUS")
    if grep -qE '^[1-9]' <<<"$found"; then wrong+=("a GPU has uncorrected errors"); fi
}

adapters() {
    local port name count=0
    for port in "$infiniband"/*/ports/1/state; do
        [[ -e $port ]] || continue
        count=$((count + 1))
        name=${port#"$infiniband"/}
        grep -q ACTIVE "$port" || wrong+=("EFA ${name%%/*} is not active")
    done
    ((count >= ${ADAPTERS:-0})) || wrong+=("$count EFA adapters of $ADAPTERS")
}

# A job that has begun meanwhile takes bandwidth: nothing is said of a busy node.
busy() {
    scontrol show node "$node" 2>/dev/null | grep -qE 'CPUAlloc=[1-9]'
}

below() { awk -v r="$1" -v l="$2" 'BEGIN { exit !(r < l) }'; }

memory() {
    local rate=0 turn
    [[ -n ${LEAST_GB_PER_S:-} && -x $measure ]] || return
    [[ -n $(find "$stamp" -mmin -60 2>/dev/null) ]] && return
    for turn in 1 2 3; do
        busy && return
        rate=$(timeout 60 "$measure") || rate=0
        below "$rate" "$LEAST_GB_PER_S" || { touch "$stamp"; return; }
        sleep "$turn"
    done
    busy || wrong+=("memory gives $rate GB/s, $LEAST_GB_PER_S expected")
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
