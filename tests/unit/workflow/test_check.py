"""Everything wrong with a workflow in one go, each with its file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from anticline.cluster.model import Cluster
from anticline.component import Component, Image, Input, Registry
from anticline.workflow.check.whole import check_file, check_workflow
from anticline.workflow.document.reading import draft_of
from unit.workflow.conftest import (
    COMPONENTS,
    INVERSION,
    MODEL_OUT,
    SURVEY,
    component,
    document,
)

CLUSTER = Cluster.model_validate(
    {
        "name": "trial",
        "queues": {
            "x86": {
                "architecture": "x86_64",
                "nodes": 2,
                "node": {"type": "a", "cores": 8, "memory_gib": 16},
                "walltime_h": 2,
                "aliases": ["cpu"],
            },
            "graviton": {
                "architecture": "aarch64",
                "nodes": 1,
                "node": {"type": "b", "cores": 4, "memory_gib": 8},
                "aliases": ["cpu"],
            },
            "gpu": {
                "architecture": "x86_64",
                "nodes": 1,
                "node": {"type": "c", "cores": 8, "memory_gib": 16, "gpus": 2},
            },
        },
    }
)

TEN_MISTAKES = """\
workflow: ten_mistakes
steps:
  model:
    component: trial.modle
  smooth:
    component: trial.smooth
    inputs: {model: model.model}
    parameters:
      length_m: 8 Hz
  rough:
    component: trial.smooth
    inputs:
      model: missing.h5
    parameters: {length_m: 1.5 km}
  shots:
    component: trial.shots
    inputs: {model: smooth.modell}
    scatter: {part: 0..15}
    queues: [cpuu]
  image:
    component: trial.image
    inputs:
      model: smooth.model
      gathers: smooth.model
    scatter: shots
    queues: [graviton]
  stack:
    component: trial.stack
    inputs: {images: image.image}
    queues: [x86]
    memory_gib: 64
  one: {component: trial.update, inputs: {model: other.model}}
  other: {component: trial.update, inputs: {model: one.model}}
"""
TEN_FINDINGS = [
    (
        4,
        "step 'model': unknown component 'trial.modle'; did you mean trial.model or "
        "trial.image or trial.update?",
    ),
    (
        9,
        "step 'smooth': parameter 'length_m': '8 Hz' is a frequency, a length is "
        "needed (such as '1 m')",
    ),
    (13, "step 'rough': input 'model': missing.h5 is not there"),
    (
        14,
        "step 'rough': parameter 'length_m': '1.5 km' found, at most 1000 m is needed",
    ),
    (
        17,
        "step 'shots': input 'model': 'smooth.modell': 'smooth' (trial.smooth) has it "
        "not: unknown output 'modell'; did you mean 'model'?",
    ),
    (19, "step 'shots': unknown queue 'cpuu'; did you mean 'cpu'? (of trial)"),
    (
        24,
        "step 'image': input 'gathers' takes ShotGathers, 'smooth.model' gives "
        "VelocityModel",
    ),
    (
        26,
        "step 'image': queue 'graviton' is aarch64; trial.image runs on x86_64",
    ),
    (
        30,
        "step 'stack': queue 'x86' has nodes of 16 GiB; a rank needs 64 GiB "
        "(64 GiB for all 1)",
    ),
    (32, "steps need each other: one -> other -> one"),
]


def test_ten_different_mistakes_are_ten_findings_with_their_lines(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("ten.yaml")
    path.write_text(TEN_MISTAKES)
    _, found = check_file(path, registry, CLUSTER)
    assert [(item.line, item.text) for item in found] == TEN_FINDINGS
    assert {item.file for item in found} == {"ten.yaml"}


@pytest.mark.parametrize("text", [SURVEY, INVERSION])
def test_a_sound_workflow_has_no_findings(text: str, registry: Registry) -> None:
    assert check_workflow(document(text), registry, CLUSTER) == []
    assert check_workflow(document(text), registry) == []


def found_in(
    text: str, registry: Registry, folder: Path = Path("/nowhere")
) -> list[tuple[int | None, str]]:
    draft = draft_of(text, folder / "w.yaml", folder)
    found = draft.findings + check_workflow(draft.document, registry, CLUSTER)
    return sorted({(item.line, item.text) for item in found}, key=str)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "model: model.model}\n    parameters",
            "model: stack.image}\n    parameters",
            6,
            "input 'model' takes VelocityModel, 'stack.image' gives Image",
        ),
        ("{part: 0..9}", "{prat: 0..9}", 11, "scatter: unknown parameter 'prat'"),
        ("{part: 0..9}", "{part: []}", 11, "scatter 'part' has no values"),
        ("{part: 0..9}", "{part: 9..0}", 11, "scatter 'part': '9..0': first <= last"),
        (
            "{part: 0..9}",
            "{part: -2..9}",
            11,
            "scatter 'part': -2 found, at least 0 is needed (and 1 more values)",
        ),
        (
            "{part: 0..9}",
            "{part: 0..999, frequency_hz: 0..1001}",
            11,
            "1002000 elements, at most 1000000 are possible",
        ),
        (
            "{part: 0..9}",
            "{part: 0..9}\n    parameters: {part: 1}",
            12,
            "parameter 'part' is scattered too",
        ),
        ("scatter: shots", "scatter: shot", 15, "scatter: unknown step 'shot'; did"),
        ("scatter: shots", "scatter: model", 15, "'model' is not scattered; follow"),
        (
            "scatter: shots",
            "ranks: 1",
            14,
            "input 'gathers' takes one file, 'shots.gathers' is one of each element of "
            "'shots'; follow it (scatter: shots)",
        ),
        ("image.image}", "smooth.image}", 18, "'smooth' (trial.smooth) has it not"),
        ("image.image}", "imago.image}", 18, "'imago.image': unknown step 'imago'"),
        ("image.image}", "image}", 18, "'image' is a step; name its output: image."),
        ("image.image}", "[]}", 18, "input 'images' needs at least one file"),
        ("model: smooth.model,", "", 14, "input 'model' is missing: VelocityModel"),
        ("model: smooth.model,", "model: [a/b.h5],", 14, "takes one file, a list"),
        ("model: smooth.model,", "model: /dev/null,", 14, "/dev/null is a device"),
        ("{length_m: 100 m}", "{}", 7, "parameter 'length_m' is missing: float [m]"),
        ("fan_in: 4", "outputs: [imago]", 19, "unknown output 'imago'; did you mean"),
        (
            "scatter: shots",
            "scatter: shots\n    fan_in: 3",
            16,
            "'fan_in' is for trees",
        ),
        ("fan_in: 4", "fan_in: 1", 19, "'fan_in': 1 found, at least 2 is needed"),
        ("fan_in: 4", "gpus: 3", 16, "no queue of trial holds it: 'x86' has 0 GPUs"),
        (
            "fan_in: 4",
            "queues: x86\n    gpus: 1",
            19,
            "queue 'x86' has 0 GPUs a node; 1 a rank are needed",
        ),
        (
            "fan_in: 4",
            "queues: [cpu]\n    ranks: 17",
            19,
            "queue 'cpu' 'x86' has 2 nodes of 8 cores",
        ),
        (
            "fan_in: 4",
            "queues: [gpu]\n    ranks: 4\n    gpus: 1",
            19,
            "queue 'gpu' has 1 nodes of 8 cores, 16 GiB and 2 GPUs; 4 ranks need 2",
        ),
        (
            "fan_in: 4",
            "queues: [x86]\n    memory_gib: 0.04 TiB",
            19,
            "queue 'x86' has nodes of 16 GiB; a rank needs 40.96 GiB",
        ),
        (
            "fan_in: 4",
            "queues: [x86]\n    walltime_h: 3 h",
            19,
            "queue 'x86' gives 2 h at most; 3 h are asked for",
        ),
        (
            "fan_in: 4",
            "queues: [x86]\n    threads: 9",
            19,
            "queue 'x86' has nodes of 8 cores; a rank of 9 threads is asked for",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(
    registry: Registry, old: str, new: str, line: int, words: str
) -> None:
    assert old in SURVEY
    found = found_in(SURVEY.replace(old, new, 1), registry)
    assert any(at == line and words in text for at, text in found), found
    assert len(found) <= 3


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "previous.model}\n          s",
            "previous.modl}\n          s",
            13,
            "start' of",
        ),
        ("start: {model", "start: {modell", 18, "start 'modell' is not carried"),
        (
            "start: {model: model.model}",
            "start: {model: observed.gathers}",
            18,
            "one of",
        ),
        ("start: {model: model.model}", "start: {model: ./no.h5}", 18, "is not there"),
        ("carry: {model: update.model}", "carry: {model: updat.model}", 19, "unknown"),
        ("carry: {model: update.model}", "carry: {model: model.model}", 19, "outside"),
        ("carry: {model: update.model}", "carry: {model: shots.gathers}", 19, "one of"),
        (
            "carry: {model: update.model}",
            "carry: {model: previous.model}",
            19,
            "before",
        ),
        (
            "carry: {model: update.model}",
            "carry: {model: update.report}",
            19,
            "Report,",
        ),
        ("until: update.report", "until: update.model", 20, "needs a Report"),
        ("until: update.report", "until: update", 20, "is no output of a step"),
        ("      until: update.report\n", "", 9, "'until' is missing"),
        ("      key: converged\n", "", 9, "'key' is missing"),
        ("most: 5", "most: 0", 22, "'most': 0 found, at least 1 is needed"),
        ("most: 5", "most: 5\n      lest: 2", 23, "unknown key of 'repeat' 'lest'"),
        ("        shots:", "        model:", 11, "'model' is taken by a step outside"),
        ("invert.model", "invert.gathers", 25, "does not carry it: unknown name"),
        ("invert.model", "previous.model", 25, "known to the steps of a loop alone"),
        ("scatter: observed", "scatter: invert", 14, "'invert' is a loop"),
    ],
)
def test_a_mistake_in_a_loop_is_told_with_its_line(
    registry: Registry, old: str, new: str, line: int, words: str
) -> None:
    assert old in INVERSION
    found = found_in(INVERSION.replace(old, new, 1), registry)
    assert any(at == line and words in text for at, text in found), found


def test_a_loop_that_hands_nothing_on_is_told(registry: Registry) -> None:
    text = INVERSION.replace("previous.model", "model.model")
    assert found_in(text, registry) == [
        (
            10,
            "step 'invert': no step reads previous.NAME, so every iteration would be "
            "the same",
        )
    ]


def test_cycles_are_named_each_by_itself(registry: Registry) -> None:
    steps = "".join(
        f"  {name}: {{component: trial.smooth, inputs: {{model: {other}.model}}, "
        "parameters: {length_m: 1}}\n"
        for name, other in ("ab", "bc", "ca", "de", "ed", "ff")
    )
    found = found_in(f"workflow: w\nsteps:\n{steps}", registry)
    assert found == [
        (3, "steps need each other: a -> c -> b -> a"),
        (6, "steps need each other: d -> e -> d"),
        (8, "steps need each other: f -> f"),
    ]


def test_types_of_one_name_and_other_units_are_told_apart() -> None:
    depth = replace(Image, unit="m")
    shows = component("other.show", Input("image", depth, "in depth"), MODEL_OUT)
    text = SURVEY + "  show:\n    component: other.show\n"
    text += "    inputs: {image: stack.image}\n"
    assert found_in(text, Registry.of([*COMPONENTS, shows])) == [
        (22, "step 'show': input 'image' takes Image [m], 'stack.image' gives Image []")
    ]


def test_the_same_step_by_two_makers_stands_side_by_side() -> None:
    other = next(item for item in COMPONENTS if item.name == "trial.image")
    others: Component = replace(other, name="maker.image")
    text = SURVEY + (
        "  image_two:\n    component: maker.image\n    scatter: shots\n"
        "    inputs: {model: smooth.model, gathers: shots.gathers}\n"
        "  both:\n    component: trial.list\n"
        "    inputs: {images: [image.image, image_two.image]}\n"
    )
    registry = Registry.of([*COMPONENTS, others])
    assert check_workflow(document(text), registry, CLUSTER) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "nothing found"),
        ("steps: {}", 1, "'steps' is missing"),
        ("workflow: w\nsteps:\n  a: 3", 3, "step 'a': needs 'key: value' pairs"),
        ("workflow: w\nsteps:\n  A: {component: x}", 3, "step 'A': its name must be"),
        ("workflow: w\nsteps:\n  previous: {}", 3, "(not 'previous')"),
        (
            "workflow: a b\nsteps: {a: {component: x}}",
            1,
            "'workflow': 'a b' is no name",
        ),
        ("workflow: w\nsteps:\n  a: {component: 3}", 3, "'component' is missing"),
        ("workflow: w\nsteps:\n  a:\n    scatter: 3", 4, "'scatter' needs values of"),
        ("workflow: w\nsteps:\n  a:\n    queues: 3", 4, "'queues' needs a list of"),
        ("workflow: w\nfolder: [a]\nsteps: {}", 2, "folder needs the path of a file"),
        ("workflow: w\nsteps:\n  a: [", 3, "no YAML"),
        (
            "workflow: w\nsteps:\n  a: {repeat: 3}",
            3,
            "'repeat' needs 'key: value' pairs",
        ),
    ],
)
def test_what_is_hardly_a_workflow_is_told_too(
    registry: Registry, tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(text)
    _, found = check_file(path, registry)
    assert any(item.line == line and words in item.text for item in found), found
