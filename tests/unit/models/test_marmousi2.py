"""Marmousi2 arrives the right way up, with its slowest bed, on the grid of its band."""

from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.checking import check_case
from anticline_solvers.formats import model
from anticline_solvers.models import importing

CASES = Path(__file__).parents[3] / "configs" / "cases" / "marmousi2"


class Needs(Protocol):
    """The fixture `needs`."""

    def data(self, name: str) -> Path:
        """Find a path below ANTICLINE_DATA."""


@pytest.mark.parametrize(
    ("name", "slowest", "fastest"),
    [("01_model", 1028.0, 4700.0), ("01_smooth", 1500.0, 4500.06)],
)
def test_marmousi2_is_read_on_10_m(
    needs: Needs, tmp_path: Path, name: str, slowest: float, fastest: float
) -> None:
    needs.data("seismic/marmousi2_20m")
    text = (CASES / f"{name}.yaml").read_text()
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("../../../output/marmousi2", "."))
    case = load_case(path, Registry.discover())
    assert not check_case(case, 1)
    importing.run(case, RunContext.open(case, MPI.COMM_SELF))
    out = case.outputs["model"]
    found, vp = model.summary(out), model.read_field(out)
    assert model.read_grid(out).shape == (1701, 351)
    assert model.read_grid(out).spacing_m == (10.0, 10.0)
    assert found["min"] == pytest.approx(slowest)
    assert found["max"] == pytest.approx(fastest, abs=0.1)
    assert (vp[:, :40] == 1500).all()  # 450 m of water
    assert vp[:, 300:].mean() > 1.5 * vp[:, 60:100].mean()
    raw = np.fromfile(case.inputs["raw"], "<f4").reshape(851, 176)
    assert np.allclose(vp[::2, ::2], raw, rtol=1e-6)
