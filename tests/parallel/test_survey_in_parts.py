"""A survey in parts: the same gathers, and images that stack to that of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from anticline.component import Case
from anticline.component.registry import resolve
from anticline_solvers.formats.gathers import GatherReader, combine
from anticline_solvers.formats.image import read_image, read_shots
from anticline_solvers.formats.sums import read_heading
from anticline_solvers.formats.survey import read_survey
from anticline_solvers.seismic.components import STACK
from surveys import GRID, WORLD, Line, case, contents, drive, made_line

RANKS = pytest.mark.parallel([1, 2])
EXACT = {"storage": "memory", "memory_budget": 1e8, "aperture_m": 60.0}
CONDITIONS = ("inverse_scattering", "laplacian", "cross_correlation")
PARTS = 3


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Seven shots, their gathers at once, and in three parts."""
    made = made_line(tmp_path_factory, GRID, 50.0)
    for part in range(PARTS):
        drive(made.forward(f"g{part}.h5", part=part, parts=PARTS), WORLD)
    yield made
    WORLD.Barrier()


def stack(line: Line, images: list[str], name: str) -> Case:
    made = case(STACK, {}, {"image": line.folder / name})
    return replace(made, lists={"images": tuple(line.folder / n for n in images)})


def migrate(line: Line, name: str, gathers: str, **given: Any) -> Path:
    made = line.rtm(name, **EXACT, **given)
    drive(replace(made, inputs=made.inputs | {"gathers": line.folder / gathers}), WORLD)
    return line.folder / name


def add(line: Line, images: list[str], name: str) -> Path:
    drive(stack(line, images, name), WORLD)
    return line.folder / name


def difference(one: Path, other: Path, name: str = "image") -> float:
    a, b = (read_image(path, name).astype(np.float64) for path in (one, other))
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


@RANKS
def test_parts_hold_the_traces_of_the_whole_and_join_to_it(line):
    if WORLD.rank:
        return
    parts = [line.folder / f"g{part}.h5" for part in range(PARTS)]
    whole = read_survey(line.folder / "survey.h5")
    assert sum((read_survey(p).shot_ids for p in parts), ()) == whole.shot_ids
    sizes = [len(read_survey(p).shots) for p in parts]
    assert max(sizes) - min(sizes) <= 1
    combine(reversed(parts), line.folder / "joined.h5", whole)
    assert contents(line.folder / "joined.h5") == contents(line.folder / "g.h5")
    for path in parts:
        with GatherReader(path) as reader:
            assert reader.shot_ids == read_survey(path).shot_ids


@RANKS
@pytest.mark.parametrize("condition", CONDITIONS)
def test_images_of_parts_stack_to_the_image_of_the_whole(line, condition):
    whole = migrate(line, f"{condition}.h5", "g.h5", condition=condition)
    names = [f"{condition}{part}.h5" for part in range(PARTS)]
    for part, name in enumerate(names):
        migrate(line, name, f"g{part}.h5", condition=condition)
    made = add(line, names, f"{condition}_stack.h5")
    if WORLD.rank == 0:
        assert difference(made, whole) < 1e-7
        assert difference(made, whole, "illumination") < 1e-7
        assert read_shots(made) == read_shots(whole) == tuple(range(1, 8))


@RANKS
def test_a_part_of_the_gathers_is_migrated_as_gathers_of_that_part_are(line):
    own = migrate(line, "own.h5", "g1.h5")
    asked = migrate(line, "asked.h5", "g.h5", part=1, parts=PARTS)
    if WORLD.rank == 0:
        one, other = contents(own), contents(asked)
        assert one.pop("sums/case") != other.pop("sums/case")
        assert one == other


@pytest.mark.parallel([1, 3])
def test_the_stack_has_the_same_bits_in_any_order_and_knows_who_migrated_what(line):
    names = [f"bits{part}.h5" for part in range(PARTS)]
    made = [migrate(line, n, f"g{part}.h5") for part, n in enumerate(names)]
    one, other = add(line, names, "one.h5"), add(line, names[::-1], "other.h5")
    if WORLD.rank == 0:
        assert contents(one) == contents(other)
        cases = read_heading(one).origin.cases
        for path in made:
            with h5py.File(path) as file:
                maker = file["provenance"].attrs["fingerprint"]
            assert {cases[shot] for shot in read_shots(path)} == {maker}


@RANKS
def test_a_stack_of_one_image_is_that_image_and_stacks_may_be_stacked(line):
    images = [f"tree{part}.h5" for part in range(PARTS)]
    made = [migrate(line, n, f"g{part}.h5") for part, n in enumerate(images)]
    alone = add(line, images[:1], "alone.h5")
    add(line, images[1:], "node.h5")
    tree = add(line, ["node.h5", "alone.h5"], "root.h5")
    flat = add(line, images, "flat.h5")
    if WORLD.rank == 0:
        assert contents(alone) == contents(made[0])
        assert difference(tree, flat) < 1e-7
        assert read_shots(tree) == read_shots(flat)


@pytest.mark.parallel(1)
def test_images_that_do_not_belong_together_are_all_told_at_once(line):
    migrate(line, "a.h5", "g0.h5")
    migrate(line, "b.h5", "g1.h5", condition="laplacian", mute_depth_m=30.0)
    migrate(line, "c.h5", "g0.h5", part=1, parts=2)
    with h5py.File(line.folder / "c.h5", "r+") as file:
        file["sums/fields/stack"][3, 4] = np.nan
    names = ["a.h5", "b.h5", "c.h5", "survey.h5", "old.h5"]
    with h5py.File(migrate(line, "old.h5", "g2.h5"), "r+") as file:
        del file["sums"]
    made = stack(line, names, "never.h5")
    found = "\n".join(map(str, resolve(STACK.check)(made, 1)))
    for text in (
        "its condition is laplacian, not inverse_scattering",
        "its mute_depth_m is 30.0, not 0.0",
        f"shot 2 is in {line.folder / 'a.h5'} and again in {line.folder / 'c.h5'}",
        "c.h5: 1 of",
        "its stack are not finite",
        "survey.h5  is anticline-survey/1",
        "old.h5  holds no sums of shots",
    ):
        assert text in found, found


@pytest.mark.parallel(1)
def test_a_part_that_there_is_not_is_told_with_both_numbers(line):
    for given, text in (
        ({"part": 3, "parts": 3}, "part is 3 and parts is 3"),
        ({"part": 0, "parts": 8}, "parts is 8 and the survey has 7 shots"),
    ):
        for made in (line.forward("no.h5", **given), line.rtm("no.h5", **given)):
            (finding,) = resolve(made.component.check)(made, 1)
            assert text in finding.text
