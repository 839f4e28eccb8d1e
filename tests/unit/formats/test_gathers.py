"""Surveys, gathers and images come back as written, and refuse what cannot be."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import gathers, image, survey
from anticline_solvers.formats.geometry import Frame

N_SAMPLES = 11


def _survey(counts: list[int], ndim: int = 2) -> survey.Survey:
    rng = np.random.default_rng(1)
    shots = tuple(
        survey.Shot(10 + i, rng.normal(size=ndim), rng.normal(size=(n, ndim)))
        for i, n in enumerate(counts)
    )
    wavelet = rng.normal(size=5)
    return survey.Survey(
        shots, wavelet, 0.002, 0.004, N_SAMPLES, 8.0, 20.0, Frame(1.0, 2.0, 45.0)
    )


def _traces(made: survey.Survey) -> dict[int, np.ndarray]:
    rng = np.random.default_rng(2)
    return {
        shot.id: rng.normal(size=(len(shot.receivers_m), N_SAMPLES)).astype(np.float32)
        for shot in made.shots
    }


def _same(one: survey.Survey, other: survey.Survey) -> bool:
    return (
        all(
            a.id == b.id
            and np.array_equal(a.source_m, b.source_m)
            and np.array_equal(a.receivers_m, b.receivers_m)
            for a, b in zip(one.shots, other.shots, strict=True)
        )
        and np.array_equal(one.wavelet, other.wavelet)
        and (one.wavelet_interval_s, one.sample_interval_s, one.n_samples)
        == (other.wavelet_interval_s, other.sample_interval_s, other.n_samples)
        and (one.peak_frequency_hz, one.maximum_frequency_hz, one.frame)
        == (other.peak_frequency_hz, other.maximum_frequency_hz, other.frame)
    )


@settings(max_examples=25)
@given(
    counts=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    ndim=st.sampled_from([2, 3]),
)
def test_a_survey_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], ndim: int
) -> None:
    path = tmp_path_factory.mktemp("survey") / "s.h5"
    made = _survey(counts, ndim)
    survey.write_survey(path, made)
    assert _same(survey.read_survey(path), made)


def test_shared_receivers_are_stored_once(tmp_path: Path) -> None:
    path, spread = tmp_path / "s.h5", np.zeros((50, 2))
    shots = tuple(survey.Shot(i, np.ones(2), spread + i % 2) for i in range(40))
    made = survey.Survey(shots, np.ones(3), 0.001, 0.002, 9, 8.0, 20.0)
    survey.write_survey(path, made)
    with h5py.File(path) as file:
        assert file["survey/receiver"].shape == (100, 2)
    assert _same(survey.read_survey(path), made)


def test_two_shots_of_one_number_are_refused(tmp_path: Path) -> None:
    made = _survey([3, 3])
    twice = survey.Survey(
        (made.shots[0], made.shots[0]), made.wavelet, 0.002, 0.004, 11, 8.0, 20.0
    )
    with pytest.raises(ValueError, match="different numbers"):
        survey.write_survey(tmp_path / "s.h5", twice)


def test_gathers_joined_from_parts_are_the_gathers_written_whole(
    tmp_path: Path,
) -> None:
    made = _survey([3, 2, 4])
    traces = _traces(made)
    whole, joined = tmp_path / "whole.h5", tmp_path / "joined.h5"
    gathers.write_gathers(whole, made, traces.items())
    parts = [tmp_path / f"{number}.h5" for number in traces]
    for part, (number, data) in zip(parts, traces.items(), strict=True):
        gathers.write_shot(part, made, number, data)
    gathers.combine(reversed(parts), joined, made)
    assert whole.read_bytes() == joined.read_bytes()
    with gathers.GatherReader(joined) as reader:
        assert reader.shot_ids == (10, 11, 12)
        assert _same(reader.survey, made)
        for number, data in traces.items():
            assert np.array_equal(reader.read(number), data)
            assert np.array_equal(gathers.read_shot(whole, number), data)
    assert _same(survey.read_survey(joined), made)


def test_gathers_without_a_shot_are_refused_and_leave_no_file(tmp_path: Path) -> None:
    made = _survey([3, 2])
    traces = _traces(made)
    out = tmp_path / "g.h5"
    with pytest.raises(ValueError, match=r"no traces for the shots \[11\]"):
        gathers.write_gathers(out, made, [(10, traces[10])])
    with pytest.raises(ValueError, match="the survey asks for"):
        gathers.write_gathers(out, made, [(10, traces[11])])
    part = tmp_path / "10.h5"
    gathers.write_shot(part, made, 10, traces[10])
    with pytest.raises(BadInput, match=r"no part holds the shots \[11\]"):
        gathers.combine([part], out, made)
    with pytest.raises(BadInput, match="has no shot 11; it holds"):
        gathers.read_shot(part, 11)
    assert list(tmp_path.iterdir()) == [part]


def test_gathers_that_do_not_fit_their_survey_are_refused(tmp_path: Path) -> None:
    made, path = _survey([3, 2]), tmp_path / "g.h5"
    gathers.write_gathers(path, made, _traces(made).items())
    with h5py.File(path, "a") as file:
        del file["shots/000010"]
        del file["shots/000011"]
        file["shots/000011"] = np.zeros((2, 5), np.float32)
    with pytest.raises(BadInput) as caught:
        gathers.GatherReader(path)
    assert len(caught.value.findings) == 2


def test_an_image_comes_back_as_it_was_written(tmp_path: Path) -> None:
    grid = Grid((4, 5), (10.0, 5.0), (0.0, 0.0))
    values = np.arange(20, dtype=np.float32).reshape(4, 5)
    path = tmp_path / "i.h5"
    image.write_image(
        path, grid, {"image": values, "illumination": values**2}, [3, 1, 2]
    )
    assert image.read_grid(path) == grid
    assert image.read_shots(path) == (3, 1, 2)
    assert image.datasets_of(path) == ("illumination", "image")
    assert np.array_equal(image.read_image(path), values)
    assert np.array_equal(image.read_image(path, "illumination"), values**2)
    with pytest.raises(ValueError, match="needs the data set 'image'"):
        image.write_image(path, grid, {"illumination": values})
