"""Every rank reads its own shots from one SEG-Y file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.registry import resolve
from anticline_solvers.formats.gathers import GatherReader
from fuzz.segy_files import line

CASE = """
component: segy.import_gathers
inputs: {{segy: a.sgy}}
outputs: {{gathers: {copy}.h5}}
parameters: {{peak_frequency_hz: 8, copy: {copy}}}
"""


@pytest.mark.parallel([2, 3, 4])
@pytest.mark.parametrize("copy", ["true", "false"])
def test_ranks_read_the_shots_of_an_import_that_rank_0_made(
    tmp_path_factory: pytest.TempPathFactory, copy: str
) -> None:
    comm, made = MPI.COMM_WORLD, line(6, 4)
    own = tmp_path_factory.mktemp("segy") if comm.rank == 0 else None
    folder: Path = comm.bcast(own)
    if comm.rank == 0:
        (folder / "a.sgy").write_bytes(made.bytes())
        (folder / "case.yaml").write_text(CASE.format(copy=copy))
    comm.Barrier()
    case = load_case(folder / "case.yaml", Registry.discover())
    resolve(case.component.run)(case, RunContext.open(case, comm))
    with GatherReader(case.outputs["gathers"]) as reader:
        for shot in reader.shot_ids[comm.rank :: comm.size]:
            truth = made.samples[4 * (shot - 1) : 4 * shot]
            np.testing.assert_array_equal(reader.read(shot), truth)
    comm.Barrier()
