from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.seismic.capacity import Kept
from anticline_solvers.seismic.imaging import conditions as imaging
from anticline_solvers.seismic.imaging.extent import Extent

RNG = np.random.default_rng(1)
GRIDS = [((13, 17), (10.0, 8.0)), ((7, 6, 12), (10.0, 12.0, 8.0))]


def fields(shape: tuple[int, ...], halo: int) -> list[np.ndarray]:
    padded = [n + 2 * halo for n in shape]
    return [RNG.standard_normal(padded).astype(np.float32) for _ in range(2)]


@pytest.mark.parametrize("condition", imaging.CONDITIONS)
@pytest.mark.parametrize(("shape", "spacing"), GRIDS)
@pytest.mark.parametrize("order", [2, 8])
def test_twins_give_the_same_bits(condition, shape, spacing, order):
    halo = imaging.halo_of(condition, order)
    twins = [
        imaging.Imaging(condition, shape, spacing, order, kernel)
        for kernel in ("reference", "cpu")
    ]
    for _ in range(3):
        s, r = fields(shape, halo)
        for twin in twins:
            twin.add(s, r)
    one, other = twins
    assert one.image.any()
    assert one.image.tobytes() == other.image.tobytes()
    assert one.illumination.tobytes() == other.illumination.tobytes()


@pytest.mark.parametrize("condition", imaging.CONDITIONS)
@pytest.mark.parametrize(("shape", "spacing"), GRIDS)
def test_the_image_does_not_depend_on_how_cells_are_divided(condition, shape, spacing):
    halo = imaging.halo_of(condition, 8)
    whole = imaging.Imaging(condition, shape, spacing, 8)
    s, r = fields(shape, halo)
    whole.add(s, r)
    for first, last in ((0, 3), (3, shape[0])):
        part = imaging.Imaging(condition, (last - first, *shape[1:]), spacing, 8)
        cut = slice(first, last + 2 * halo)
        part.add(np.ascontiguousarray(s[cut]), np.ascontiguousarray(r[cut]))
        assert part.image.tobytes() == whole.image[first:last].tobytes()


def plane_waves(angle_s: float, angle_r: float, condition: str) -> float:
    """Mean image of two monochromatic plane waves over a period [scaled by s r]."""
    spacing, shape, velocity, frequency = (5.0, 5.0), (41, 41), 2000.0, 10.0
    halo = imaging.halo_of(condition, 8)
    made = imaging.Imaging(condition, shape, spacing, 8, "reference")
    axes = [h * np.arange(-halo, n + halo) for n, h in zip(shape, spacing, strict=True)]
    x, z = np.meshgrid(*axes, indexing="ij")
    omega = 2.0 * np.pi * frequency
    steps = 16

    def wave(angle: float, step: int) -> np.ndarray:
        path = x * np.sin(angle) + z * np.cos(angle)
        phase = omega * (step / steps / frequency - path / velocity)
        return np.cos(phase).astype(np.float32)

    for step in range(steps):
        made.add(wave(angle_s, step), wave(angle_r, step))
    scale = 0.5 * steps * (omega / velocity) ** 2 if made.halo else 0.5 * steps
    return float(np.abs(made.image).max() / scale)


def test_waves_that_travel_together_leave_no_inverse_scattering_image():
    for angle in (0.0, 0.4, 1.2):
        assert plane_waves(angle, angle, imaging.CROSS_CORRELATION) > 0.99
        assert plane_waves(angle, angle, imaging.INVERSE_SCATTERING) < 1e-3


@pytest.mark.parametrize("half", [0.0, 0.3, 0.7, 1.2])
def test_a_reflection_is_weighed_by_twice_cosine_squared_of_half_the_angle(half):
    found = plane_waves(half, np.pi - half, imaging.INVERSE_SCATTERING)
    assert found == pytest.approx(2.0 * np.cos(half) ** 2, rel=2e-3)


def test_the_laplacian_filter_scales_a_reflection_as_inverse_scattering_does():
    spacing, velocity, wavenumber = (10.0, 10.0), 2000.0, 0.05
    x, z = np.meshgrid(10.0 * np.arange(20), 10.0 * np.arange(80), indexing="ij")
    image = np.cos(wavenumber * z + 0 * x).astype(np.float32)
    medium = np.full(image.shape, velocity, np.float32)
    done = imaging.finish(imaging.LAPLACIAN, image, medium, spacing, 8)
    inside = (slice(5, -5), slice(5, -5))
    expected = velocity**2 / 4 * wavenumber**2 * image
    np.testing.assert_allclose(done[inside], expected[inside], rtol=1e-3, atol=1.0)


def test_normalisation_divides_by_the_illumination():
    light = np.array([[0.0, 1.0, 4.0]], np.float32)
    image = 3.0 * light
    normal = imaging.normalise(image, light, 1e-6)
    np.testing.assert_allclose(normal, [[0.0, 3.0, 3.0]], rtol=1e-5)
    assert not imaging.normalise(image, 0 * light, 1e-6).any()


def test_the_imaging_interval_is_at_most_the_nyquist_interval_of_the_band():
    left_out, asked = {"imaging_interval_s": None}, {"imaging_interval_s": 0.005}
    kept = Kept(Extent(), 0.0)
    assert kept.every(left_out, 25.0, 1e-3) == 20
    assert kept.every(asked, 25.0, 1e-3) == 5
    assert kept.every(left_out, 25.0, 0.03) == 1
    assert Kept(Extent(), 0.0, per_period=2.5).every(left_out, 25.0, 1e-3) == 16


def test_a_place_without_light_stays_dark_when_normalised():
    """The gradient of a field does not vanish on a free surface, its light does."""
    image = np.full((3, 4), 2.0, np.float32)
    light = np.full((3, 4), 0.5, np.float32)
    light[:, 0] = 0.0
    normalised = imaging.normalise(image, light, 1e-3)
    assert (normalised[:, 0] == 0).all()
    assert np.allclose(normalised[:, 1:], 4.0, rtol=1e-2)
