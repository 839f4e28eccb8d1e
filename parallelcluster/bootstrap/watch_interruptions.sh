#!/usr/bin/env bash
# Hands EC2's notice of an interruption to the jobs of this node, two minutes before it
# is taken away: no further job starts here, every batch job is told by SIGUSR1 (ours
# write a checkpoint, end with 75 and go back to the queue), and what still runs
# LAST_S later is put back by Slurm.
#
#   watch_interruptions.sh           until a notice comes; started by node_start.sh
#
#   IMDS      where the metadata service is (version 2: with a token)
#   EVERY_S   how often it is asked [s]
#   LAST_S    how long jobs have [s]
set -uo pipefail
export PATH=$PATH:/opt/slurm/bin  # systemd's own path does not have it
metadata=${IMDS:-http://169.254.169.254}
every=${EVERY_S:-5}
last=${LAST_S:-90}
node=${SLURMD_NODENAME:-$(hostname -s)}

say() { echo "$(date -u +%FT%TZ) $node: $*"; }

# A token lives six hours; a new one each time costs nothing.
ask() {
    local token
    token=$(curl -sf -m 2 -X PUT "$metadata/latest/api/token" \
        -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') || return 1
    curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" \
        "$metadata/latest/meta-data/$1"
}

# A job's number on its own cluster, of an array each element's.
jobs_here() { squeue --noheader --states=RUNNING --nodelist="$node" --format=%A | sort -u; }

while ! notice=$(ask spot/instance-action); do sleep "$every"; done
say "notice: $notice"
scontrol update nodename="$node" state=drain reason="spot interruption"
for job in $(jobs_here); do
    say "job $job is told"
    scancel --signal=USR1 --batch "$job"
done
until_s=$((SECONDS + last))
while [[ -n $(jobs_here) ]] && ((SECONDS < until_s)); do sleep 1; done
for job in $(jobs_here); do
    say "job $job is put back by Slurm"
    scontrol requeue "$job"
done
say "no job is left; the node may go"
# Once is enough: systemd starts it again, and the notice is still there.
sleep "${REST_S:-600}"
