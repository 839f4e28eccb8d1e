#!/usr/bin/env bash
# System software that anticline and its tests stand on: MPI, PETSc, parallel HDF5,
# Slurm, a browser.
#
#   setup/system.sh             install what is missing, where apt-get and root are there
#   setup/system.sh --dry-run   say what is missing and what would be done
#
# A need counts as met when it can be used, wherever it comes from (a module, a
# build of one's own); only what is missing is installed. Exit status: 0 unless
# something without which nothing works (Python) is missing.
set -euo pipefail

PYTHON=${PYTHON:-python3}
dry_run=false
[[ ${1:-} == --dry-run ]] && dry_run=true

has() { command -v "$1" >/dev/null 2>&1; }
has_daemon() { has "$1" || [[ -x /usr/sbin/$1 ]]; }
library() { has pkg-config && pkg-config --exists "$1"; }
python_is_new() { has "$PYTHON" && "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; }
python_makes_environments() { has "$PYTHON" && "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }
python_has_headers() {
    has "$PYTHON" && [[ -e $("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h ]]
}

# package | test that the need is met | what it is for
needs="
python3|python_is_new|Python 3.11 or newer
python3-venv|python_makes_environments|Python environments
python3-dev|python_has_headers|Python headers, to build PETSc's and HDF5's bindings
gcc|has gcc|C compiler
g++|has g++|C++ compiler
make|has make|make
pkg-config|has pkg-config|finds installed libraries
openmpi-bin|has mpirun|MPI launcher
libopenmpi-dev|has mpicc|MPI library and compiler
petsc-dev|library PETSc|sparse linear solvers with hypre
libhdf5-openmpi-dev|library hdf5-openmpi|HDF5 with collective writing
slurm-wlm|has sbatch|Slurm
munge|has munge|Slurm's authentication
slurmdbd|has_daemon slurmdbd|Slurm's accounting, for a Slurm on this machine
mariadb-server-core|has_daemon mariadbd|the database behind it; no service is started
mariadb-client-core|has my_print_defaults|its set-up
chromium|has chromium|a browser, in which tests open reports
"

missing=() reasons=()
while IFS='|' read -r package test purpose; do
    [[ -z $package ]] && continue
    if ! $test; then
        missing+=("$package")
        reasons+=("$package ($purpose)")
    fi
done <<<"$needs"

finish() {
    python_is_new && python_makes_environments && exit 0
    echo "set-up cannot go on without Python 3.11 or newer and its venv module;" \
        "name another with PYTHON=/path/to/python3 make setup" >&2
    exit 1
}

if ((${#missing[@]} == 0)); then
    echo "system: nothing missing"
    exit 0
fi
echo "system: missing $(printf '%s, ' "${reasons[@]}" | sed 's/, $//')"

as_root=""
if ((EUID != 0)); then
    if has sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
        as_root="sudo "
    else
        as_root="none"
    fi
fi
install="apt-get install -y --no-install-recommends"

if ! has apt-get; then
    echo "system: no apt-get here; load or install the equivalents, then run make setup again"
    $dry_run && exit 0
    finish
fi
if [[ $as_root == none ]]; then
    echo "system: this account may not install; an administrator runs:  $install ${missing[*]}"
    $dry_run && exit 0
    echo "system: going on with what is here"
    finish
fi
if $dry_run; then
    echo "system: would run  $as_root$install ${missing[*]}"
    exit 0
fi

log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
apt() { ${as_root}env DEBIAN_FRONTEND=noninteractive "$@" >>"$log" 2>&1; }

echo "system: running  $as_root$install ${missing[*]}"
apt apt-get update || echo "system: apt-get update failed; using the lists that are here"
if ! apt $install "${missing[@]}"; then
    for package in "${missing[@]}"; do
        apt $install "$package" || echo "system: $package could not be installed (log: $log)"
    done
fi
finish
