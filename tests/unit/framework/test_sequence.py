"""Cases that run one after the other are read together, before any runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from anticline.component import Registry
from anticline.component.sequence import load_cases, read_cases
from anticline.errors import CaseError

TEXT = """\
component: trial.migrate
inputs: {{model: {model}, gathers: gathers.h5}}
outputs: {{image: {image}}}
parameters: {{peak_frequency_hz: {frequency}}}
"""


def write(
    folder: Path, name: str, model: str, image: str, frequency: str = "8"
) -> Path:
    path = folder / name
    path.write_text(TEXT.format(model=model, image=image, frequency=frequency))
    return path


def test_an_input_that_an_earlier_case_writes_may_be_absent(
    folder: Path, registry: Registry
) -> None:
    first = write(folder, "1.yaml", "model.h5", "results/one.h5")
    second = write(folder, "2.yaml", "results/../results/one.h5", "two.h5")
    cases = load_cases([first, second], registry)
    assert [case.awaited() for case in cases] == [[], ["model"]]
    for wrong in ([second], [second, first]):
        with pytest.raises(CaseError, match=r"results/one\.h5 is not there"):
            load_cases(wrong, registry)


def test_a_case_does_not_wait_for_itself(folder: Path, registry: Registry) -> None:
    own = write(folder, "1.yaml", "one.h5", "one.h5")
    with pytest.raises(CaseError, match=r"one\.h5 is not there"):
        load_cases([own], registry)


def test_the_findings_of_all_cases_come_together(
    folder: Path, registry: Registry
) -> None:
    paths = [
        write(folder, "1.yaml", "model.h5", "one.h5", "8 m"),
        folder / "absent.yaml",
        write(folder, "2.yaml", "one.h5", "two.h5", "fast"),
        write(folder, "3.yaml", "lost.h5", "three.h5"),
    ]
    with pytest.raises(CaseError) as told:
        load_cases(paths, registry)
    found = [(Path(str(item.file)).name, item.line) for item in told.value.findings]
    assert found == [("1.yaml", 4), ("absent.yaml", None), ("2.yaml", 4), ("3.yaml", 2)]
    assert [reading.case for reading in read_cases(paths, registry)] == [None] * 4
