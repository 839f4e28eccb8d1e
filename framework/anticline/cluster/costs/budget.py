"""Whether a run may be begun: its estimate against the budget of its cluster."""

from __future__ import annotations

from collections.abc import Sequence

from anticline.cluster.aws import Budget
from anticline.cluster.costs.estimate import Cost


def over_budget(costs: Sequence[Cost], budget: Budget) -> str | None:
    """Say why a run may not be begun; None: it may.

    A step counts with what it would cost by an earlier run, else with the most that its
    walltimes allow. A step whose price is not known counts nothing.
    """
    limit = budget.usd_per_run or budget.usd_per_month
    counted = [one.usd if one.usd is not None else one.most_usd for one in costs]
    sum_usd = sum(one for one in counted if one is not None)
    if sum_usd <= limit:
        return None
    bounds = [one.work.step for one in costs if one.usd is None and one.most_usd]
    steps = f"; only bounded by its walltime: {', '.join(bounds)}" if bounds else ""
    return (
        f"the run may cost {sum_usd:.0f} USD and its budget is {limit:g}{steps}; give "
        "steps a walltime_h, fewer tasks or other queues, or raise aws.budget"
    )
