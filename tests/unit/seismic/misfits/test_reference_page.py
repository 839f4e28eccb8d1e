"""The reference page names every misfit, and every parameter with its default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from anticline.component.values import fit
from anticline_solvers.seismic.conditioning import CONDITIONING, checks
from anticline_solvers.seismic.misfits import MISFIT_PARAMETERS, MISFITS
from conditioned import parameters, survey

PAGE = (Path(__file__).parents[4] / "docs/reference/misfits.md").read_text("utf-8")
DECLARED = {p.name: p for p in (*MISFIT_PARAMETERS, *CONDITIONING)}
ROWS = {
    name: row
    for row in re.findall(r"^\| ([a-z_, ]+) \|(.*)\|$", PAGE, re.MULTILINE)
    for name in row[0].split(", ")
}


@pytest.mark.parametrize("name", MISFITS)
def test_every_misfit_has_a_row(name):
    assert re.search(rf"^\|.*`{name}`.*\|.*\|.*\|.*\|.*\|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", DECLARED)
def test_every_parameter_has_a_row_with_its_default(name):
    default, told = DECLARED[name].default, ROWS[name][1].rsplit("|", 1)[1]
    if default is None:
        assert re.search("none|all|whole|period", told)
    else:
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert shown in told


def test_the_example_fits_the_declarations():
    text = PAGE.partition("```yaml\n")[2].partition("```")[0]
    given = YAML(typ="safe").load(text)["parameters"]
    fitted = {name: fit(DECLARED[name], value) for name, value in given.items()}
    assert fitted["bottom_mute_velocity_m_s"] == 1500.0
    assert fitted["offset_to_m"] == 6000.0
    assert checks.faults(parameters(**fitted), survey()) == []
