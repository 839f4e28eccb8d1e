#!/usr/bin/env bash
# Runs the tests whose markers fit an expression.
#
#   tests/run.sh serial "not slow"    those on one process
#   tests/run.sh ranks  "not slow"    those on 2, 3 and 4 ranks, one mpirun each
set -uo pipefail
cd "$(dirname "$0")/.."
where=$1 expression=$2
shift 2

# One mpirun for all tests of a rank count, not one for each test: starting the ranks
# costs more than most tests. A test that waits for ever is named and ends the run.
limit=(-o faulthandler_timeout=300 -o faulthandler_exit_on_timeout=true)
failed=0

run() {
    "${@:2}"
    local status=$?
    if ((status == 5)); then
        echo "$1: no such test"
    elif ((status != 0)); then
        echo "$1: FAILED"
        failed=1
    fi
}

if [[ $where == serial ]]; then
    echo "== tests on one process: $expression"
    run "one process" python -m pytest -m "parallel[1] and ($expression)" "$@"
    exit $failed
fi

# A rank has one thread here: the tests are about ranks, and cores are few.
export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1
for ranks in 2 3 4; do
    echo "== tests on $ranks ranks: $expression"
    run "$ranks ranks" mpirun --bind-to none -n $ranks \
        python -m pytest "${limit[@]}" -m "parallel[$ranks] and ($expression)" "$@"
done
exit $failed
