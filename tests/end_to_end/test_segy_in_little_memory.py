"""A survey larger than the memory a process may have is imported and read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from anticline_solvers.formats.segy.fields import HEADER_BYTES, header_type

LIMIT_BYTES = 900 * 10**6
SHOTS, RECEIVERS, SAMPLES = 500, 500, 1440
TRACE_BYTES = HEADER_BYTES + 4 * SAMPLES

IMPORT = """
component: segy.import_gathers
inputs: {segy: big.sgy}
outputs: {gathers: big.h5}
parameters: {peak_frequency_hz: 8, copy: false}
"""

READER = f"""
import os, resource, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from pathlib import Path
import numpy as np
from mpi4py import MPI
from anticline.component import Registry, RunContext, load_case
from anticline.component.checking import check_case
from anticline_solvers.segy import gathers_in
from anticline_solvers.segy.description import describe
from anticline_solvers.formats.gathers import GatherReader, trace_faults
from anticline_solvers.formats.segy import index

resource.setrlimit(resource.RLIMIT_AS, ({LIMIT_BYTES}, {LIMIT_BYTES}))
index.IN_MEMORY_TRACES = 1000
try:
    np.memmap("big.sgy")
    sys.exit("the file fits the limit, which proves nothing")
except OSError:
    pass
case = load_case(Path("case.yaml"), Registry.discover())
assert not check_case(case, 1)
gathers_in.run(case, RunContext.open(case, MPI.COMM_SELF))
with GatherReader(case.outputs["gathers"]) as reader:
    for shot in reader.shot_ids:
        traces = reader.read(shot)
        assert traces.shape == ({RECEIVERS}, {SAMPLES})
        assert (traces == shot).all()
    assert trace_faults(reader.path, reader.survey) == []
facts = describe(Path("big.sgy")).facts
assert facts["geometry"]["shots"] == {SHOTS}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def _write(path: Path) -> None:
    """Write a survey in which every sample of a shot is the shot's number."""
    file_headers = np.zeros(3600, np.uint8)
    for byte, value in ((3217, 4000), (3221, SAMPLES), (3225, 5), (3501, 256)):
        file_headers[byte - 1 : byte + 1] = value >> 8, value & 255
    block = np.zeros((RECEIVERS, TRACE_BYTES), np.uint8)
    headers = block[:, :HEADER_BYTES].view(header_type(">"))[:, 0]
    headers["trace_code"] = 1
    headers["receiver_x"] = 10 * np.arange(RECEIVERS)
    with path.open("wb") as file:
        file.write(file_headers)
        for shot in range(1, SHOTS + 1):
            headers["field_record"], headers["source_x"] = shot, 10 * shot
            block[:, HEADER_BYTES:].view(">f4")[:] = shot
            file.write(block)


@pytest.mark.slow
def test_a_survey_larger_than_the_memory_limit_is_read_shot_by_shot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path / "big.sgy")
    size = (tmp_path / "big.sgy").stat().st_size
    assert size > 1.5 * LIMIT_BYTES
    (tmp_path / "case.yaml").write_text(IMPORT)
    monkeypatch.setenv("ANTICLINE_CACHE", str(tmp_path / "cache"))
    done = subprocess.run(
        [sys.executable, "-c", READER],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    held = int(done.stdout.split()[-1])
    assert held < size / 3
