#!/usr/bin/env bash
# Builds anticline's environment for the architecture of the machine it runs on, once,
# on the shared file system:
#
#   build_environment.sh [PREFIX]      default /shared/anticline
#   build_environment.sh --plan        say what would be done, and do nothing
#
# PREFIX/ARCHITECTURE/ holds libraries, the Python environment and activate.sh, which
# jobs source. Run it on a compute node of each architecture (see README.md); again
# after a failure it goes on with the step that failed.
#
# MPI is the EFA installer's Open MPI (/opt/amazon/openmpi5, else openmpi), so that jobs
# use the adapters. Source code comes from PyPI's sdist (PETSc, with hypre, mpi4py,
# h5py) and, of HDF5, from its project's releases.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plan=false
[[ ${1:-} == --plan ]] && plan=true && shift
prefix=${1:-/shared/anticline}
machine=$(uname -m)
home=$prefix/$machine
LOG=${LOG:-$home/build.log}
STEPS=$home/steps
$plan && LOG=/dev/null
# shellcheck source=parallelcluster/bootstrap/log.sh
. "$here/log.sh"

source_folder=${ANTICLINE_SOURCE:-$prefix/source}  # this project's own files
jobs=${BUILD_JOBS:-$(nproc)}
hdf5=1.14.6
petsc=3.23.7
hdf5_home=${HDF5_HOME:-$home/hdf5}  # a parallel HDF5 that is there is used

find_mpi() {
    local folder
    for folder in ${MPI_HOME:-} /opt/amazon/openmpi5 /opt/amazon/openmpi /usr; do
        [[ -x $folder/bin/mpicc ]] && echo "$folder" && return
    done
    echo "no Open MPI: is EFA's installer on this image?" >&2
    return 1
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

packages() {
    case $(system) in
        amzn)
            as_root dnf install -y gcc gcc-c++ gcc-gfortran make cmake git tar gzip \
                python3.11 python3.11-devel zlib-devel
            ;;
        ubuntu)
            as_root apt-get update
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
                --no-install-recommends gcc g++ gfortran make cmake git python3 \
                python3-dev python3-venv zlib1g-dev curl ca-certificates
            ;;
        *)
            echo "neither Amazon Linux 2023 nor Ubuntu: $(system)" >&2
            return 1
            ;;
    esac
}

python_of() {
    case $(system) in
        amzn) command -v python3.11 ;;
        *) command -v python3 ;;
    esac
}

environment() {
    [[ -x $home/venv/bin/python ]] || "$(python_of)" -m venv "$home/venv"
    "$home/venv/bin/python" -m pip install -q --require-hashes \
        -r "$source_folder/setup/uv.lock"
    "$home/venv/bin/uv" pip install -q --python "$home/venv/bin/python" \
        --require-hashes -r "$source_folder/requirements.lock"
}

parallel_hdf5() {
    local work=$home/build/hdf5
    mkdir -p "$work"
    cd "$work"
    [[ -e hdf5.tar.gz ]] || curl -fsSL -o hdf5.tar.gz \
        "https://github.com/HDFGroup/hdf5/releases/download/hdf5_$hdf5/hdf5-$hdf5.tar.gz"
    rm -rf source && mkdir source
    tar -xzf hdf5.tar.gz -C source --strip-components=1
    cd source
    CC=$mpi/bin/mpicc ./configure --prefix="$home/hdf5" --enable-parallel \
        --disable-static --disable-tests --disable-tools
    make -j "$jobs" install
}

# PETSc's configuration fetches hypre and builds it; the compilers are MPI's own.
with_petsc() {
    local python=$home/venv/bin/python
    export MPICC=$mpi/bin/mpicc MPICXX=$mpi/bin/mpicxx MPIF90=$mpi/bin/mpifort
    export PETSC_CONFIGURE_OPTIONS="--with-debugging=0 --download-hypre \
        --download-fblaslapack COPTFLAGS=-O3 CXXOPTFLAGS=-O3 FOPTFLAGS=-O3"
    "$python" -m pip install -qU 'setuptools>=77,<81' wheel 'cython>=3'
    MAKEFLAGS=-j$jobs "$python" -m pip install --no-deps --no-build-isolation \
        --no-binary petsc,petsc4py "petsc==$petsc" "petsc4py==$petsc"
}

# A package at the version that the lock has: "h5py==3.16.0".
locked() {
    sed -n "s/^\($1==[^ ;]*\).*/\1/p" "$source_folder/requirements.lock"
}

with_mpi() {
    local python=$home/venv/bin/python
    "$python" -m pip install -qU 'setuptools>=77,<81' wheel 'cython>=3' pkgconfig
    CC=$mpi/bin/mpicc HDF5_MPI=ON HDF5_DIR=$hdf5_home "$python" -m pip install \
        --force-reinstall --no-deps --no-build-isolation --no-cache-dir \
        --no-binary mpi4py,h5py "$(locked mpi4py)" "$(locked h5py)"
}

with_cupy() {
    "$home/venv/bin/uv" pip install -q --python "$home/venv/bin/python" \
        --require-hashes -r "$source_folder/setup/gpu.lock"
}

own_files() {
    "$home/venv/bin/python" -m pip install -q --no-deps --no-build-isolation \
        --editable "$source_folder"
}

activation() {
    cat >"$home/activate.sh.part" <<END
# Written by build_environment.sh; a job's program is found by it.
export PATH=$home/venv/bin:$mpi/bin:\$PATH
export LD_LIBRARY_PATH=$hdf5_home/lib:$mpi/lib:$mpi/lib64:/opt/amazon/efa/lib64:/opt/amazon/efa/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export SLURM_MPI_TYPE=pmix
# Ranks of a node write checkpoints before mpirun kills them.
export OMPI_MCA_odls_base_sigkill_timeout=110
END
    mv "$home/activate.sh.part" "$home/activate.sh"
}

proof() {
    # shellcheck disable=SC1091
    . "$home/activate.sh"
    python -c 'import h5py, mpi4py.MPI, petsc4py; assert h5py.get_config().mpi'
    anticline components >/dev/null
}

if $plan; then
    echo "system: $(system), $machine, $jobs jobs at a time"
    echo "into: $home"
    echo "MPI: $(find_mpi || true)"
    echo "steps: packages environment hdf5 mpi petsc cupy (where nvidia-smi is) anticline activation proof"
    exit 0
fi

# One build at a time of an architecture: the file system is shared.
mkdir -p "$home"
exec 9>"$home/build.lock"
flock -n 9 || { say "another build is at it: $home/build.lock"; exit 1; }

mpi=$(find_mpi)
say "for $machine on $(system), MPI $mpi, into $home"
once packages-"$(hostname -s)" packages
once environment environment
[[ -n ${HDF5_HOME:-} ]] || once hdf5 parallel_hdf5
once mpi with_mpi
once petsc with_petsc
command -v nvidia-smi >/dev/null && once cupy with_cupy
once anticline own_files
once activation activation
once proof proof
say "the environment is there: source $home/activate.sh"
