"""The benchmarks run at small size and record what their page says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / "benchmarks" / "run.py"
CASES = (
    "acoustic_3d_order_8",
    "acoustic_2d_order_8",
    "threads_and_ranks",
    "ranks_3d",
    "gradient_shot",
    "reservoir_box",
)
LEFT_OUT = ("devito", "deepwave")
MARKS = (
    "# Title\n\n<!-- ratios: written by make bench -->\nold\n<!-- end of ratios -->\n"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Folder with the records of one quick run, and its page."""
    folder = tmp_path_factory.mktemp("bench")
    page = folder / "page.md"
    page.write_text(MARKS)
    wanted = [word for name in CASES for word in ("--case", name)]
    left_out = [word for name in LEFT_OUT for word in ("--without", name)]
    options = ["--quick", *left_out, "--results", folder, "--page", page]
    # This process is an MPI program itself; mpirun starts afresh without its traces.
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMPI_", "PMIX_", "PRTE_"))
    }
    done = subprocess.run(
        [sys.executable, RUN, *options, *wanted],
        capture_output=True,
        text=True,
        env=clean,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def records(folder, case):
    lines = (folder / f"{case}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_every_contestant_of_a_case_is_recorded_with_its_share_of_bandwidth(results):
    found = records(results, "acoustic_3d_order_8")
    assert {one["competitor"] for one in found} == {"anticline", "memory"}
    for one in found:
        speed, share = one["points_per_second"], one["fraction_of_bandwidth"]
        assert 0 < speed["min"] <= speed["median"] <= speed["max"]
        assert 0 < share["min"] <= share["median"] <= share["max"]
        assert one["rounds"] == 2
        assert one["quick"] is True


def test_no_ratio_is_claimed_to_a_peer_that_did_not_take_part(results):
    for case in ("acoustic_3d_order_8", "acoustic_2d_order_8"):
        assert all(one["ratio_to_peer"] is None for one in records(results, case))


def test_the_peer_has_ratio_one_to_itself(results):
    found = {one["team"]: one for one in records(results, "threads_and_ranks")}
    (peer,) = {one["peer"] for one in found.values()}
    assert found[peer]["ratio_to_peer"] == {"median": 1.0, "min": 1.0, "max": 1.0}


def test_gathers_of_the_scaling_shot_are_equal_on_all_ranks_and_not_zero(results):
    found = records(results, "ranks_3d")
    assert [one["ranks"] for one in found] == [1, 2, 4]
    assert all(one["gathers_equal_one_rank"] for one in found)
    assert len({one["gather_sha256"] for one in found}) == 1
    assert found[0]["gather_peak"] > 0


def test_the_exchange_costs_time_and_bytes_only_between_ranks(results):
    alone, *shared = records(results, "ranks_3d")
    assert alone["bytes_sent_an_exchange"] == [0]
    for one in shared:
        assert min(one["bytes_sent_an_exchange"]) > 0
        assert one["exchanges"] == one["steps"]
        assert 0 < one["exchange_share"]["median"] < 1


def test_a_gradient_is_timed_over_its_own_modelling_and_to_no_peer_that_is_absent(
    results,
):
    found = records(results, "gradient_shot")
    assert {one["competitor"] for one in found} == {"anticline"}
    for one in found:
        assert one["speed_over_peer"] is None
        assert one["gradient_difference"] is None
        over = one["time_over_forward"]
        assert 1 < over["min"] <= over["median"] <= over["max"]
        assert one["peak_grown_bytes"] > 0


def test_simulators_of_a_reservoir_are_recorded_with_their_work(results):
    found = {one["team"]: one for one in records(results, "reservoir_box")}
    ours = [found[f"anticline, ranks: {ranks}"] for ranks in (1, 2)]
    for one in found.values():
        assert one["seconds"]["min"] > 0
        assert 0 < one["time_steps"] <= one["newton"] <= one["linear"]
    assert ours[1]["newton"] == pytest.approx(ours[0]["newton"], rel=0.5)
    if "flow, ranks: 1" in found:
        same = {"median": 1.0, "min": 1.0, "max": 1.0}
        assert found["flow, ranks: 1"]["time_over_flow"] == same


def test_the_page_gets_the_tables_between_its_marks_and_keeps_the_rest(results):
    text = (results / "page.md").read_text()
    assert text.startswith("# Title\n")
    assert "old" not in text
    assert "| anticline, threads: " in text
    assert "bit for bit" in text
    assert "not how fast" in text
