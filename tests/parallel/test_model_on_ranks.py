"""The project's own model does not depend on who makes it."""

from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline_solvers.formats import model
from anticline_solvers.models import make

CASE = """
component: models.anticline
outputs: {{model: {name}.h5}}
parameters: {{dimensions: 3, cells: [23, 11, 31], spacing_m: 50, water_depth_m: 80}}
"""


def _made(folder: Path, name: str, comm: MPI.Comm) -> tuple[bytes, bytes]:
    path = folder / f"{name}.yaml"
    if comm.rank == 0:
        path.write_text(CASE.format(name=name))
    comm.barrier()
    case = load_case(path, Registry.discover())
    make.run(case, RunContext.open(case, comm))
    out = case.outputs["model"]
    vp, rho = model.read_field(out, "vp"), model.read_field(out, "rho")
    assert np.isfinite(vp).all()
    return vp.tobytes(), rho.tobytes()


@pytest.mark.parallel([1, 2, 3, 4])
def test_the_anticline_does_not_depend_on_the_number_of_ranks(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "SLAB_CELLS", 1000)
    comm = MPI.COMM_WORLD
    made = tmp_path_factory.mktemp("anticline") if comm.rank == 0 else None
    folder = comm.bcast(made)
    together = _made(folder, "together", comm)
    alone = _made(folder, f"alone{comm.rank}", MPI.COMM_SELF)
    assert together == alone
    comm.barrier()
