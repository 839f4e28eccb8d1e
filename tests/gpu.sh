#!/usr/bin/env bash
# Runs the tests that need a CUDA device, on one process and on ranks that share it.
#
#   tests/gpu.sh [pytest arguments]
#
# Uses the project's environment, or the python of a machine that has none: it needs
# CuPy, NumPy, SciPy, h5py, mpi4py with an MPI, psutil, checkpoint-schedules, pydantic,
# ruamel.yaml, pytest, mpi-pytest and hypothesis, and not Numba.
set -uo pipefail
cd "$(dirname "$0")/.."
if ! nvidia-smi -L 2>/dev/null; then
    echo "no CUDA device answers here: no GPU test runs"
    exit 0
fi
export PYTHONPATH=$PWD/framework:$PWD/solvers${PYTHONPATH:+:$PYTHONPATH}
mapfile -t files < <(grep -rl --include='test_*.py' 'mark\.gpu' tests)
failed=0
tests/run.sh serial gpu "${files[@]}" "$@" || failed=1
tests/run.sh ranks gpu "${files[@]}" "$@" || failed=1
exit $failed
