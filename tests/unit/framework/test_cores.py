"""Ranks and their threads together use the cores of a node once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anticline.cluster.here import count_cores, usable_cpus
from anticline.execution.node.cores import set_threads, threads_per_rank


@given(st.integers(1, 64), st.integers(1, 64))
def test_unbound_ranks_share_the_cores(cpus: int, ranks: int) -> None:
    mine = frozenset(range(cpus))
    threads = threads_per_rank(mine, [mine] * ranks)
    assert threads >= 1
    assert threads * ranks <= max(cpus, ranks)
    assert (threads + 1) * ranks > cpus


def test_bound_ranks_take_their_own_cores() -> None:
    sets = [frozenset({0, 1, 2, 3}), frozenset({4, 5})]
    assert [threads_per_rank(mine, sets) for mine in sets] == [4, 2]


def test_what_the_user_set_is_kept_and_serves_for_both() -> None:
    names = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    for given_name in names:
        environment = {given_name: "3"}
        set_threads(environment, 8)
        assert environment == dict.fromkeys(names, "3")
    both = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "2"}
    set_threads(both, 8)
    assert both == {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "2"}
    nothing: dict[str, str] = {}
    set_threads(nothing, 8)
    assert nothing == dict.fromkeys(names, "8")


def test_this_machine_has_cores_and_an_unknown_cpu_counts_as_one() -> None:
    assert 1 <= count_cores(usable_cpus()) <= len(usable_cpus())
    assert count_cores([10_000_000, 10_000_001]) == 2
