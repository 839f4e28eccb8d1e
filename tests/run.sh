#!/usr/bin/env bash
# Runs the tests whose markers fit an expression.
#
#   tests/run.sh serial "not slow"    those on one process
#   tests/run.sh ranks  "not slow"    those on 2, 3 and 4 ranks, one mpirun each
#   tests/run.sh all    "not slow"    both, the second also where the first failed
#
# Further arguments go to pytest. TEST_LIMIT_S is the time a test on ranks may take.
# What failed is listed again at the end.
set -uo pipefail
[[ ${1:-} =~ ^(serial|ranks|all)$ && $# -ge 2 ]] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
cd "$(dirname "$0")/.."
where=$1 expression=$2
shift 2
export PATH=$PWD/.venv/bin:$PATH

# Tests run as root in containers, and on more ranks than there are cores.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1

# One mpirun for all tests of a rank count, not one for each test: starting the ranks
# costs more than most tests. A test that waits for ever is named and ends the run.
limit=(-o faulthandler_timeout=${TEST_LIMIT_S:-300} -o faulthandler_exit_on_timeout=true)
color=(--no-header --color=no)
[[ -t 1 ]] && color=(--no-header --color=yes)
FAILURES=$(mktemp)
export FAILURES  # tests/conftest.py writes to it
trap 'rm -f "$FAILURES"' EXIT

run() {
    "${@:2}"
    local status=$?
    if ((status == 5)); then
        echo "$1: no such test"
    elif ((status != 0)); then
        echo "$1: FAILED" | tee -a "$FAILURES"
    fi
}

serial() {
    local pytest=(python -m pytest "${color[@]}" -m "parallel[1] and ($expression)")
    echo "== tests on one process: $expression"
    if (($#)); then
        run "one process" "${pytest[@]}" "$@"
        return
    fi
    # Whole runs, clusters and signals want the machine for themselves; the others
    # share its cores, file by file.
    run "one process a core" \
        "${pytest[@]}" -n "$(nproc)" --dist loadfile --ignore tests/end_to_end
    run "one process" "${pytest[@]}" tests/end_to_end
}

ranks() {
    local pytest=(python -m pytest "${color[@]}" "${limit[@]}") count
    # A rank has one thread here: the tests are about ranks, and cores are few.
    export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1
    for count in 2 3 4; do
        echo "== tests on $count ranks: $expression"
        run "$count ranks" mpirun --bind-to none -n $count \
            "${pytest[@]}" -m "parallel[$count] and ($expression)" "$@"
    done
}

[[ $where == ranks ]] || serial "$@"
[[ $where == serial ]] || ranks "$@"
[[ -s $FAILURES ]] || exit 0
echo "== failed:"
sort -u "$FAILURES"
exit 1
