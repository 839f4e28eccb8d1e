#!/usr/bin/env bash
# Brings data to the shared file system, whole, before jobs read it:
#
#   stage_in.sh FOLDER                     of the part that is linked with the bucket
#   stage_in.sh s3://BUCKET/PREFIX FOLDER  of any bucket
#
# Files of the link have their names from the start and their content at the first
# read; hsm_restore fetches it beforehand, many at a time, so that no rank waits. Files
# that are there are left alone: again costs seconds.
set -euo pipefail
at_a_time=${AT_A_TIME:-32}
waits=${WAIT_S:-3600}

if [[ ${1:?FOLDER, or s3://BUCKET/PREFIX FOLDER} == s3://* ]]; then
    from=$1 to=${2:?the folder to fill}
    mkdir -p "$to"
    aws s3 sync --only-show-errors "$from" "$to"
    echo "$(find "$to" -type f | wc -l) files in $to"
    exit 0
fi

folder=$1
# "exists archived, released": the name is here, the content in the bucket.
away() {
    find "$folder" -type f -print0 |
        xargs -0 -r -n 100 lfs hsm_state | sed -n 's/^\(.*\): (0x.*released.*/\1/p'
}
list=$(away)
count=$(grep -c . <<<"$list" || true)
echo "$count files are still in the bucket"
[[ $count == 0 ]] && exit 0
tr '\n' '\0' <<<"$list" | xargs -0 -r -n 20 -P "$at_a_time" lfs hsm_restore
until_s=$((SECONDS + waits))
while [[ -n $(away) ]]; do
    if ((SECONDS > until_s)); then
        echo "$(away | wc -l) files did not come within $waits s" >&2
        exit 1
    fi
    sleep 2
done
echo "all of $folder is here"
