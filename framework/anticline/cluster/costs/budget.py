"""Whether a run may be begun: its estimate against the budget of its cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anticline.cluster.aws import Budget
from anticline.cluster.costs.estimate import Cost

REMEDY = (
    "give steps a walltime_h, fewer tasks or other queues, or raise "
    "aws.budget.usd_per_run"
)


@dataclass(frozen=True)
class Spending:
    """What a run may cost, and what it may spend.

    usd : by an earlier run where one tells, else by walltimes [USD]. limit_usd : of a
    run. bounded : steps whose walltimes alone are known. unknown : steps whose price
    is not, which count nothing.
    """

    usd: float
    limit_usd: float
    bounded: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def refused(self) -> str | None:
        """Why the run may not be begun; None: it may."""
        if self.usd <= self.limit_usd:
            return None
        why = (
            f"the run may cost {self.usd:.0f} USD and its budget is {self.limit_usd:g}"
        )
        steps = ", ".join(self.bounded)
        bound = f"; only bounded by its walltime: {steps}" if steps else ""
        return f"{why}{bound}; {REMEDY}"

    def __str__(self) -> str:
        """Tell it in a line."""
        text = f"may cost {self.usd:.2f} USD of {self.limit_usd:g} that a run may spend"
        if self.unknown:
            text += f"; price not known, not counted: {', '.join(self.unknown)}"
        return text


def spending(costs: Sequence[Cost], budget: Budget) -> Spending:
    """Sum what steps may cost, each by an earlier run or by its walltimes."""
    counted = [one.usd if one.usd is not None else one.most_usd for one in costs]
    return Spending(
        usd=sum(one for one in counted if one is not None),
        limit_usd=budget.usd_per_run or budget.usd_per_month,
        bounded=tuple(
            one.work.step for one in costs if one.usd is None and one.most_usd
        ),
        unknown=tuple(
            one.work.step
            for one, usd in zip(costs, counted, strict=True)
            if usd is None
        ),
    )
