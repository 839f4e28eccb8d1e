#!/usr/bin/env bash
# Runs the bootstrap scripts that need no AWS in a Debian root made by debootstrap:
#
#   root.sh ROOT            as root; an hour on two cores, again goes on where it was
#
# Debian's Open MPI stands in for the EFA installer's, its Python for uv's, a bind mount
# for Lustre. Archives in DOWNLOADS are used in the place of those that are fetched;
# HDF5_VERSION, HDF5_SHA256 and BUILD_JOBS are handed on.
set -euo pipefail
root=${1:?the folder of the root}
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bundle=/etc/ssl/certs/ca-certificates.crt
own=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE="$bundle"
    PIP_CERT="$bundle" PYTHON=/usr/bin/python3 ANTICLINE_SOURCE=/srv/anticline
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1)
for name in HDF5_VERSION HDF5_SHA256 BUILD_JOBS; do
    [[ -n ${!name:-} ]] && own+=("$name=${!name}")
done
inside() { chroot "$root" /usr/bin/env -i "${own[@]}" "$@"; }
scripts=/shared/anticline/bootstrap

[[ -e $root/usr/bin/apt-get ]] ||
    debootstrap --variant=minbase --include=ca-certificates,curl bookworm "$root"
cp /etc/resolv.conf "$root/etc/"
cp "$bundle" "$root$bundle"
mkdir -p "$root/srv/anticline" "$root/shared/anticline/downloads" "$root$scripts"
git -C "$project" ls-files -z | tar -C "$project" --null -T - -cf - |
    tar -C "$root/srv/anticline" -xf -
cp "$project"/parallelcluster/bootstrap/* "$root$scripts/"
[[ -z ${DOWNLOADS:-} ]] || cp "$DOWNLOADS"/* "$root/shared/anticline/downloads/"

mounts=()
for made in "-t proc proc /proc" "--bind /dev /dev" "--bind $root/shared /shared"; do
    read -ra words <<<"$made"
    place=$root${words[-1]}
    mountpoint -q "$place" && continue
    mount "${words[@]:0:${#words[@]}-1}" "$place"
    mounts+=("$place")
done
leave() { for place in "${mounts[@]}"; do umount -l "$place"; done; }
trap leave EXIT

inside dpkg -s libopenmpi-dev >/dev/null 2>&1 || {
    inside apt-get update -qq
    inside DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends libopenmpi-dev openmpi-bin procps
}
echo "== build_environment.sh"
inside "$scripts/build_environment.sh" --plan
inside "$scripts/build_environment.sh"
echo "== node_start.sh, health_check.sh"
inside NODE_ROOT=/tmp/node EXPECTED=/tmp/node/etc/anticline/expected \
    STAMP=/tmp/checked "$scripts/node_start.sh" /shared a-bucket us-east-2 0 0 1
inside EXPECTED=/tmp/node/etc/anticline/expected STAMP=/tmp/checked \
    "$scripts/health_check.sh" --report
echo "== tag_user.sh, watch_interruptions.sh, where no metadata service answers"
inside IMDS=http://127.0.0.1:9 "$scripts/tag_user.sh"
inside IMDS=http://127.0.0.1:9 EVERY_S=1 timeout 5 "$scripts/watch_interruptions.sh" ||
    [[ $? == 124 ]]
echo "== what the environment says of itself"
inside bash -c ". /shared/anticline/$(uname -m)/activate.sh && anticline doctor"
echo "all scripts that need no AWS ran in $root"
