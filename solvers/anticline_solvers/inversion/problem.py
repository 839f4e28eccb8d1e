"""What is inverted for: arrays that do not change while an inversion runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from anticline_solvers.inversion import parameterisation
from anticline_solvers.inversion.arithmetic import Array, Mask, finite
from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.preconditioner import Preconditioner
from anticline_solvers.inversion.settings import Settings
from anticline_solvers.inversion.smoothing import Smoothing
from anticline_solvers.inversion.terms import (
    Differences,
    Valued,
    tikhonov,
    total_variation,
)

LENGTH_M = 1000.0
"""Contrasts of the model's terms are per kilometre."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A model's start, its bounds, and where its cells lie.

    start : x, float64, any number of axes. spacing_m : of its cells, for each axis.
    parameter : one of `settings.PARAMETERS`, or EXACT.
    reference : x that Tikhonov's term takes the change from; None: the start.
    smoothing_m : of gradients, standard deviation for each axis [m]; () for none.
    local_smoothing_m : of each cell [m], in the place of it.

    Raises ValueError where the start has values that are no numbers, or is out of
    bounds, or shapes differ.
    """

    start: Array
    box: Box
    spacing_m: tuple[float, ...]
    parameter: str = parameterisation.EXACT
    reference: Array | None = None
    smoothing_m: tuple[float, ...] = ()
    local_smoothing_m: Array | None = None

    def __post_init__(self) -> None:
        """Hold the arrays to each other."""
        faults = []
        if not finite(self.start):
            faults.append("the start has values that are not finite")
        elif not bool(self.box.holds(self.start).all()):
            out = int((~self.box.holds(self.start)).sum())
            faults.append(f"the start is out of bounds in {out} cells")
        for name, array in (
            ("bounds", self.box.lower),
            ("reference", self.reference),
            ("local_smoothing_m", self.local_smoothing_m),
        ):
            if array is not None and array.shape != self.start.shape:
                faults.append(f"{name} {array.shape}, the start {self.start.shape}")
        if len(self.spacing_m) != self.start.ndim:
            faults.append(f"{len(self.spacing_m)} spacings, {self.start.ndim} axes")
        if faults:
            msg = "; ".join(faults)
            raise ValueError(msg)

    @cached_property
    def movable(self) -> Mask:
        """Cells whose bounds let them move."""
        return np.asarray(~self.box.fixed)

    @cached_property
    def scale(self) -> float:
        """Size of x, by which the terms divide it; 1 where the start is 0."""
        size = float(np.mean(np.abs(self.start)))
        return size if size > 0.0 else 1.0

    def feasible(self, x: Array) -> Array:
        """Give the nearest model within bounds that a file holds."""
        return parameterisation.nearest(self.parameter, self.box.clip(x))

    def preconditioner(
        self, settings: Settings, illumination: Array | None
    ) -> Preconditioner:
        """Make M of a model's illumination."""
        heard = illumination if settings.illumination else None
        epsilon = settings.illumination_epsilon
        return Preconditioner.of(self.movable, heard, epsilon, self._smoothing())

    def _smoothing(self) -> Smoothing | None:
        if self.local_smoothing_m is not None:
            return Smoothing.local(self.local_smoothing_m, self.spacing_m)
        if any(self.smoothing_m):
            return Smoothing.uniform(self.smoothing_m, self.spacing_m)
        return None

    def terms(self, settings: Settings, x: Array) -> Valued:
        """Give the terms of a model by their weights, and their gradient."""
        value, gradient = 0.0, np.zeros_like(x)
        for weight, (one, slope) in (
            (settings.tikhonov, self._tikhonov(settings, x)),
            (settings.total_variation, self._total_variation(settings, x)),
        ):
            value += weight * one
            gradient += weight / self.scale * slope
        return value, gradient

    def _tikhonov(self, settings: Settings, x: Array) -> Valued:
        if settings.tikhonov == 0.0:
            return 0.0, np.zeros_like(x)
        origin = self.start if self.reference is None else self.reference
        u = (x - origin if settings.tikhonov_change else x) / self.scale
        weights = settings.tikhonov_axes or (1.0,) * x.ndim
        return tikhonov(u, self._differences(settings.tikhonov_order), weights)

    def _total_variation(self, settings: Settings, x: Array) -> Valued:
        if settings.total_variation == 0.0:
            return 0.0, np.zeros_like(x)
        epsilon = settings.total_variation_epsilon
        return total_variation(x / self.scale, self._differences(1), epsilon)

    def _differences(self, order: int) -> list[Differences]:
        return [
            Differences.among(self.movable, axis, spacing / LENGTH_M, order)
            for axis, spacing in enumerate(self.spacing_m)
        ]
