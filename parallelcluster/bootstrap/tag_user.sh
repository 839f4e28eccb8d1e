#!/usr/bin/env bash
# Slurm's prolog: writes on the instance whose job it runs, by which the bill is told
# apart. A node that several users share carries the last one. Never fails a job.
export PATH=$PATH:/usr/local/bin  # a prolog has hardly any
metadata=${IMDS:-http://169.254.169.254}
token=$(curl -sf -m 2 -X PUT "$metadata/latest/api/token" \
    -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') || exit 0
about() {
    curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "$metadata/latest/meta-data/$1"
}
instance=$(about instance-id) && region=$(about placement/region) || exit 0
timeout 10 aws ec2 create-tags --region "$region" --resources "$instance" --tags \
    "Key=user,Value=${SLURM_JOB_USER:-unknown}" \
    "Key=account,Value=${SLURM_JOB_ACCOUNT:-none}" >/dev/null 2>&1 || exit 0
