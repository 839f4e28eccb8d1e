#!/usr/bin/env bash
# OnNodeConfigured of a head node: MOUNT BUCKET REGION.
# Puts the scripts of the bucket where all nodes find them, and those that Slurm runs
# before a job into its folder.
set -euo pipefail
mount=${1:?the shared file system} bucket=${2:?the bucket} region=${3:?the region}
scripts=$mount/anticline/bootstrap
slurm=${SLURM_ETC:-/opt/slurm/etc}

mkdir -p "$scripts"
aws s3 cp --region "$region" --recursive --only-show-errors \
    "s3://$bucket/bootstrap/" "$scripts/"
chmod 755 "$scripts"/*.sh

mkdir -p "$slurm/scripts/prolog.d"
install -m 755 "$scripts/tag_user.sh" "$slurm/scripts/prolog.d/50_tag_user"
echo "scripts: $scripts; prolog: $slurm/scripts/prolog.d"
