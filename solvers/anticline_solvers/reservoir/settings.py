"""How to simulate: `proof` shows laws, `field` is what practice runs and speed means.

proof : equations solved to rounding, time steps of fixed length (cut where Newton's
    method fails). field : the criteria that practice uses, time steps by how hard the
    last one was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from anticline_solvers.reservoir.linear.settings import LinearSettings

DAY_S = 86400.0


@dataclass(frozen=True)
class NewtonSettings:
    """When Newton's method is done, and how far it may go at once.

    balance : error of any component's mass in the whole field, as a share of the pore
        volume. cell : of any cell's, as a share of its pore volume. loose_cell : enough
        where the cells over `cell` hold less than `loose_share` of the pore volume.
    iterations : at most; at least one is done.
    saturation_change : of a cell in an iteration, at most. pressure_change : likewise,
        as a share of its pressure.
    """

    balance: float = 1e-6
    cell: float = 1e-2
    loose_cell: float = 1.0
    loose_share: float = 0.03
    iterations: int = 15
    saturation_change: float = 0.2
    pressure_change: float = 0.3


@dataclass(frozen=True)
class StepSettings:
    """How long time steps are.

    first_s : the first one's length. longest_s, shortest_s : limits.
    fixed : every step is as long as `longest_s` and the report times allow.
    growth, cut : factors, at most after an easy step and after a failed one.
    target_iterations : a step that takes as many is followed by one as long.
    target_change : of pressures in a step, squared and as a share, that is aimed at.
    """

    first_s: float = DAY_S
    longest_s: float = 365.0 * DAY_S
    shortest_s: float = 1e-3 * DAY_S
    fixed: bool = False
    growth: float = 3.0
    cut: float = 0.33
    target_iterations: int = 8
    target_change: float = 0.1


@dataclass(frozen=True)
class Settings:
    """All of them. kind : what they began as."""

    kind: Literal["proof", "field"] = "field"
    newton: NewtonSettings = field(default_factory=NewtonSettings)
    steps: StepSettings = field(default_factory=StepSettings)
    linear: LinearSettings = field(default_factory=LinearSettings)

    def changed(self, **parts: dict[str, Any]) -> Settings:
        """Give settings with some fields of `newton`, `steps` or `linear` replaced."""
        new = {name: replace(getattr(self, name), **parts[name]) for name in parts}
        return replace(self, **new)


def field_settings() -> Settings:
    """Give the settings of practice."""
    return Settings()


def proof_settings() -> Settings:
    """Give the settings that laws are shown with."""
    return Settings(
        kind="proof",
        newton=NewtonSettings(
            balance=1e-11, cell=1e-9, loose_cell=1e-9, loose_share=0.0, iterations=25
        ),
        steps=StepSettings(fixed=True),
        linear=LinearSettings(
            method="fgmres", preconditioner="ilu", reduction=1e-8, iterations=500
        ),
    )


def settings_of(kind: Literal["proof", "field"]) -> Settings:
    """Give the settings of a name."""
    return proof_settings() if kind == "proof" else field_settings()
