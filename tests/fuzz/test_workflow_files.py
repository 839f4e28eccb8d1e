"""Whatever stands where a workflow should: a workflow, or clear findings, and soon."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from anticline.cluster.document import read_cluster
from anticline.component import Registry
from anticline.errors import Finding
from anticline.workflow.check.whole import check_file
from anticline.workflow.document.writing import text_of_workflow
from anticline.workflow.tasks.expand import expand
from fuzz.case_mutations import mutate
from unit.workflow.conftest import COMPONENTS, INVERSION, SURVEY

LONGEST = 2000  # characters of a finding, its path and all known names included
CLUSTER = Path("configs/clusters/local-slurm.yaml")
FLOW = """\
workflow: flow
summary: every key there is
folder: ../run
steps:
  shots: {component: trial.shots, inputs: {model: ./m.h5}, scatter: {part: [0..3, 8],
      frequency_hz: [8 Hz, 10]}, queues: [x86, gpu], ranks: 2, threads: 1}
  image: {component: trial.image, inputs: {model: ./m.h5, gathers: shots.gathers},
    scatter: shots, memory_gib: 1 GiB, walltime_h: 30 min, gpus: 0}
  stack: {component: trial.stack, inputs: {images: [image.image]}, fan_in: 3}
  smooth: {component: trial.smooth, inputs: {model: ./m.h5}, outputs: [report],
    parameters: {length_m: 1 km}}
"""
GOOD = (SURVEY, INVERSION, FLOW)


def try_one(folder: Path, registry: Registry, seed: int) -> bool:
    """Tell whether a changed workflow is still one; it may only give findings."""
    random = Random(seed)
    content = mutate(random.choice(GOOD).encode(), random)
    path = folder / "w.yaml"
    path.write_bytes(content)
    try:
        document, found = check_file(path, registry, read_cluster(CLUSTER))
        for finding in found:
            look_at(finding, path, content)
        if document is None or found:
            assert found
            return False
        expand(document.workflow, registry)
        assert text_of_workflow(document, path) == document.text
    except Exception as error:
        msg = f"{type(error).__name__}: {error} from the file {content!r}"
        raise AssertionError(msg) from error
    return True


def look_at(finding: Finding, path: Path, content: bytes) -> None:
    """A finding names the file, and is one plain line of bearable length."""
    text = str(finding)
    assert finding.file == str(path), text
    assert finding.line is None or 1 <= finding.line <= len(content) + 1, text
    assert text.isprintable(), text
    assert len(text) <= LONGEST, text


SLOW = [pytest.param(seed, 20_000, marks=pytest.mark.slow) for seed in range(1, 6)]


@pytest.mark.parametrize(("start", "inputs"), [(0, 150), *SLOW])
def test_a_damaged_workflow_is_a_workflow_or_clear_findings(
    tmp_path: Path, start: int, inputs: int
) -> None:
    (tmp_path / "m.h5").write_bytes(b"model")
    registry = Registry.of(COMPONENTS)
    sound = sum(try_one(tmp_path, registry, start * 10**9 + n) for n in range(inputs))
    assert 0.02 * inputs < sound < 0.5 * inputs  # both sides of the reader are met
