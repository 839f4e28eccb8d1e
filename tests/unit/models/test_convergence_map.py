"""Maps of how far inversions converge."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anticline.component import Case
from anticline_solvers.models.comparison import FORMAT
from anticline_solvers.models.convergence_components import CONVERGENCE_MAP
from anticline_solvers.models.convergence_map import check
from surveys import WORLD, case, drive

FINAL = {"first": [0.02, 0.2, 0.05, 0.3], "second": [0.01, 0.04, 0.05, 0.3]}
AXES = {"smoothing_m": [100.0, 200.0], "slowness_shift_percent": [0.0, 5.0]}


def mapped(folder: Path, **given: Any) -> Case:
    """Give a case over two rows and two columns, its reports written."""
    lists: dict[str, tuple[Path, ...]] = {}
    for way, errors in FINAL.items():
        lists[way] = tuple(folder / f"{way}{k}.json" for k in range(len(errors)))
        for path, error in zip(lists[way], errors, strict=True):
            found = {"format": FORMAT, "start": {"error": 0.1}}
            path.write_text(json.dumps(found | {"model": {"error": error}}))
    outputs = {"report": folder / "map.json", "picture": folder / "map.png"}
    settings = {
        "names": ["a", "b"],
        "converged_error": 0.06,
    }
    made = case(CONVERGENCE_MAP, {}, outputs, **(AXES | settings | given))
    return replace(made, lists=lists)


def test_reports_lie_in_rows_of_smoothing_and_columns_of_shift(tmp_path: Path):
    made = mapped(tmp_path)
    drive(made, WORLD)
    report = json.loads(made.outputs["report"].read_text())
    assert report["first"]["final"] == [[0.02, 0.2], [0.05, 0.3]]
    assert report["start"] == [[0.1, 0.1], [0.1, 0.1]]
    assert report["second"]["name"] == "b"
    assert made.outputs["picture"].read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("limit", "first", "second"), [(0.06, 2, 3), (0.01, 0, 1)])
def test_an_inversion_converged_whose_error_is_at_most_the_limit(
    limit, first, second, tmp_path: Path
):
    made = mapped(tmp_path, converged_error=limit)
    drive(made, WORLD)
    report = json.loads(made.outputs["report"].read_text())
    assert (report["first"]["converged"], report["second"]["converged"]) == (
        first,
        second,
    )


def test_reports_that_do_not_fill_the_map_are_told(tmp_path: Path):
    made = mapped(tmp_path, smoothing_m=[100.0])
    texts = [finding.text for finding in check(made, 1)]
    assert texts == ["4 reports for 1 x 2 points; one for each"] * 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read"),
        ('{"format": "json"}', "is no report of models.compare"),
        (json.dumps({"format": FORMAT}), "compares no start model"),
    ],
)
def test_what_is_no_comparison_with_a_start_is_told(content, told, tmp_path: Path):
    made = mapped(tmp_path)
    made.lists["second"][1].write_text(content)
    (finding,) = check(made, 1)
    assert "second1.json" in finding.text
    assert told in finding.text
