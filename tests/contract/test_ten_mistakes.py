"""One `anticline check` of a workflow with ten different mistakes: ten findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CLUSTER = Path("configs/clusters/local-slurm.yaml").resolve()
WORKFLOW = """\
workflow: ten_mistakes
steps:
  model: {component: models.anticlin}
  smooth:
    component: seismic.smooth
    inputs: {model: model.model}
    parameters: {correlation_length_m: 8 Hz}
  survey:
    component: seismic.survey
    inputs: {modle: model.model}
    parameters: {peak_frequency_hz: 14, sample_interval_s: 4 ms, duration_s: 3}
  shots:
    component: seismic.forward
    inputs:
      model: smooth.model
      survey: smooth.survey
    parameters: {parts: 16, space_order: 5}
    scatter: {part: 0..15}
    queues: [graviton, xeon]
  image:
    component: seismic.rtm
    inputs:
      model: no_such_file.h5
      gathers: survey.survey
    scatter: shots
    memory_gib: 64
    queues: [gpu]
  stack:
    component: seismic.stack
    inputs: {images: image.image}
  one: {component: seismic.stack, inputs: {images: other.image}}
  other: {component: seismic.stack, inputs: {images: one.image}}
"""
LINES_AND_WORDS = [
    (3, "unknown component 'models.anticlin'; did you mean models.anticline"),
    (7, "'8 Hz' is a frequency, a length is needed (such as '1 m')"),
    (10, "unknown input 'modle'; did you mean 'model'?"),
    (16, "'smooth' (seismic.smooth) has it not: unknown output 'survey'; known are"),
    (17, "parameter 'space_order': 5 found, one of 2, 4, 6, 8, 10, 12, 14, 16 is"),
    (19, "unknown queue 'xeon'; known are x86, graviton, gpu"),
    (23, "input 'model': no_such_file.h5 is not there"),
    (24, "input 'gathers' takes ShotGathers, 'survey.survey' gives Survey"),
    (27, "queue 'gpu' has nodes of 4 GiB; a rank needs 64 GiB"),
    (31, "steps need each other: one -> other -> one"),
]


def test_ten_different_mistakes_are_ten_findings(site: Any, tmp_path: Path) -> None:
    (tmp_path / "ten.yaml").write_text(WORKFLOW)
    words = ("check", "ten.yaml", "--cluster", str(CLUSTER))
    done = site.anticline(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (65, "")
    found = done.stderr.splitlines()
    assert len(found) == len(LINES_AND_WORDS), done.stderr
    for text, (line, words_of_it) in zip(found, LINES_AND_WORDS, strict=True):
        assert text.startswith(f"ten.yaml:{line}  step"), text
        assert words_of_it in text
