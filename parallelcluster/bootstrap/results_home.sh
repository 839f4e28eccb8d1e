#!/usr/bin/env bash
# Returns results to the bucket, and ends well only when all of them are there: the
# last thing before the file system goes.
#
#   results_home.sh FOLDER s3://BUCKET/PREFIX
#
# Each file is compared by its size; temporary and partial files stay behind.
set -euo pipefail
from=${1:?the folder} to=${2:?s3://BUCKET/PREFIX}
leave=(--exclude '*.part' --exclude '*.work/*')
aws s3 sync --only-show-errors "${leave[@]}" "$from" "$to"
# By size alone: a bucket tells times in whole seconds, and a new file looks newer.
left=$(aws s3 sync --dryrun --size-only "${leave[@]}" "$from" "$to")
if [[ -n $left ]]; then
    echo "not all came to $to:" >&2
    echo "$left" >&2
    exit 1
fi
echo "all of $from is in $to"
