"""How long the next time step is.

After a step that took n Newton iterations, aimed at N, in which pressures changed by

    d = sum (p - p_before)^2 / sum p^2,     aimed at e,

the next one is longer by the least of

    1 + (N - n) / N * 3.2  (n <= N),   1 / (1 + (n - N) / N)  (n > N)
    (d' / d)^0.075 (e / d)^0.175  (d <= e),   e / d  (d > e)
    the greatest growth allowed

with d' of the step before, and fits the report time without leaving a sliver. Aziz and
Settari 1979; proportional and integral parts of the controller in Rasmussen et al.
2021, doi:10.1016/j.camwa.2020.05.014. A report step has no step before its first one,
d' = e there, so that a run that goes on from it goes on alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from anticline_solvers.reservoir.settings import StepSettings

EASE = 3.2
PROPORTIONAL, INTEGRAL = 0.075, 0.175
LEAST_CHANGE = 1e-12


@dataclass(frozen=True)
class Experience:
    """How a time step went: its length [s], iterations, change of pressures d, d'."""

    length_s: float
    iterations: int
    change: float
    before: float


def suggested(settings: StepSettings, last: Experience) -> float:
    """Give the length [s] of the step after one that converged."""
    if settings.fixed:
        return settings.longest_s
    factor = min(
        settings.growth,
        _by_iterations(last.iterations, settings.target_iterations),
        _by_change(last.change, last.before, settings.target_change),
    )
    return min(factor * last.length_s, settings.longest_s)


def after_failure(settings: StepSettings, length_s: float) -> float:
    """Give the length [s] of the next try.

    Raises ArithmeticError where it would be shorter than allowed.
    """
    shorter = length_s * settings.cut
    if shorter < settings.shortest_s:
        msg = (
            f"a time step of {length_s:.4g} s cannot be solved, and the next one would "
            f"be shorter than {settings.shortest_s:.4g} s; look at the state and the "
            "wells there, or allow more Newton iterations"
        )
        raise ArithmeticError(msg)
    return shorter


def fitted(wanted_s: float, left_s: float) -> float:
    """Give a length near the wanted one that ends at the report time or halfway."""
    if wanted_s >= left_s * (1.0 - 1e-9):
        return left_s
    if 1.5 * wanted_s > left_s:
        return 0.5 * left_s
    return wanted_s


def in_equal_parts(longest_s: float, left_s: float) -> float:
    """Give the length of equal steps, none over the longest, up to the report time."""
    parts = max(1, -int(-(left_s / longest_s * (1.0 - 1e-9)) // 1))
    return left_s / parts


def _by_iterations(taken: int, target: int) -> float:
    away = (target - taken) / target
    return 1.0 + EASE * away if away >= 0.0 else 1.0 / (1.0 - away)


def _by_change(change: float, before: float, target: float) -> float:
    change, before = max(change, LEAST_CHANGE), max(before, LEAST_CHANGE)
    if change > target:
        return target / change
    return float((before / change) ** PROPORTIONAL * (target / change) ** INTEGRAL)
