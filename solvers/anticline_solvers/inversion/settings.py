"""How to invert: numbers and names, none of them changes while an inversion runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

METHODS = ("lbfgs", "nlcg", "cg")
PARAMETERS = ("vp", "slowness", "squared_slowness", "perturbation")
"""What can be inverted for (`parameterisation`)."""

CONJUGACY = ("hager_zhang", "polak_ribiere")
CURVATURE = {"lbfgs": 0.9, "nlcg": 0.4}


@dataclass(frozen=True)
class Settings:
    """Settings of the state machine.

    method : lbfgs, nlcg (nonlinear conjugate gradients) or cg (a quadratic misfit).
    memory : pairs of steps that lbfgs remembers. conjugacy : the formula of nlcg.
    first_change : the first step's largest relative change of velocity; None: the
        first step has length 1.
    subsets : the misfit changes from iteration to iteration, so each accepted model
        is evaluated anew.
    sufficient_decrease, curvature : c1 and c2 of the weak Wolfe conditions.
    search_evaluations : of a line search, at most.
    iterations, evaluations : at most. relative_misfit : enough when the data misfit is
        this share of the first one. relative_gradient : of the projected gradient's
        norm, likewise. least_decrease : an iteration that lowers the misfit by a
        smaller share is the last.
    tikhonov, total_variation : weights, in units of the first data misfit (or, with
        `absolute_weights`, of the misfit). tikhonov_order : 1 or 2, of the difference.
        tikhonov_change : of the change from the reference, not of the model.
        tikhonov_axes : a weight for each axis. total_variation_epsilon : contrast
        below which total variation is smooth.
    illumination : divide by it, epsilon times its mean added.
    damping : of cg, in units of the curvature along the first direction.
    """

    method: str = "lbfgs"
    memory: int = 5
    conjugacy: str = "hager_zhang"
    first_change: float | None = None
    subsets: bool = False
    sufficient_decrease: float = 1e-4
    curvature: float | None = None
    search_evaluations: int = 10
    iterations: int = 100
    evaluations: int = 1000
    relative_misfit: float = 0.0
    relative_gradient: float = 0.0
    least_decrease: float = 0.0
    tikhonov: float = 0.0
    tikhonov_order: int = 1
    tikhonov_change: bool = False
    tikhonov_axes: tuple[float, ...] = ()
    total_variation: float = 0.0
    total_variation_epsilon: float = 0.01
    absolute_weights: bool = False
    illumination: bool = False
    illumination_epsilon: float = 0.01
    damping: float = 0.0

    def __post_init__(self) -> None:
        """Refuse names that are none and numbers that make no sense (ValueError)."""
        faults = [
            text
            for text, wrong in (
                (f"method {self.method}", self.method not in METHODS),
                (f"conjugacy {self.conjugacy}", self.conjugacy not in CONJUGACY),
                (f"memory {self.memory}", self.memory < 1),
                (f"tikhonov_order {self.tikhonov_order}", self._order_is_none()),
                ("0 < c1 < c2 < 1 does not hold", not self._wolfe()),
                ("cg takes no total_variation", self._not_quadratic()),
                ("cg takes no subsets", self.method == "cg" and self.subsets),
                ("total_variation_epsilon", self.total_variation_epsilon <= 0),
            )
            if wrong
        ]
        if faults:
            msg = f"settings: {'; '.join(faults)}"
            raise ValueError(msg)

    def _order_is_none(self) -> bool:
        return self.tikhonov_order not in (1, 2)

    def _wolfe(self) -> bool:
        return 0.0 < self.sufficient_decrease < self.wolfe_curvature < 1.0

    def _not_quadratic(self) -> bool:
        return self.method == "cg" and self.total_variation > 0

    @property
    def wolfe_curvature(self) -> float:
        """c2: as given, or the method's own."""
        if self.curvature is not None:
            return self.curvature
        return CURVATURE.get(self.method, 0.9)

    def document(self) -> dict[str, Any]:
        """Give all of it as JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Settings:
        """Read what `document` gave; names of no setting are a ValueError."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(document) - known):
            msg = f"settings: {', '.join(unknown)} are unknown"
            raise ValueError(msg)
        axes = tuple(document.get("tikhonov_axes", ()))
        return cls(**{**document, "tikhonov_axes": axes})
