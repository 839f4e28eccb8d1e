"""What `anticline cluster cost` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from anticline.cluster.costs.budget import spending
from anticline.cluster.costs.estimate import Cost, total
from anticline.cluster.costs.standing import standing, traffic
from anticline.cluster.costs.table import HOURS_PER_MONTH, Table
from anticline.cluster.model import Cluster


def _usd(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def standing_text(cluster: Cluster, table: Table) -> str:
    """List what is paid without a job, by the hour and in sum."""
    assert cluster.aws is not None
    items = standing(cluster.aws, table)
    sum_usd, unknown = total(item.usd_per_hour for item in items)
    lines = [f"standing cost in {cluster.aws.region} [USD/h], prices of {table.date}:"]
    lines += [f"  {_usd(item.usd_per_hour):>10}  {item.what}" for item in items]
    lines.append(f"  {sum_usd:10.3f}  in sum: {sum_usd * HOURS_PER_MONTH:.0f} a month")
    if unknown:
        lines.append(f"  without {unknown} prices that are not known")
    lines.append("and data [USD]:")
    lines += [
        f"  {_usd(item.usd_per_hour):>10}  {item.what}"
        for item in traffic(cluster.aws, table)
    ]
    return "\n".join(lines)


def queues_text(cluster: Cluster) -> str:
    """List the price of a node-hour of each queue."""
    return "\n".join(["price of a node-hour [USD], power [kW]:", *_queues(cluster)])


def _queues(cluster: Cluster) -> Iterator[str]:
    for name, queue in cluster.queues.items():
        price = queue.node.price_usd_per_hour
        said = f"{price:.3f}" if price else "not known"
        most = " at most" if queue.purchase == "spot" and price else ""
        power = f"{queue.node.watts / 1000:.2f}" if queue.node.watts else "?"
        yield f"  {name:16} {said:>10}{most:8}  {power:>5}  {queue.node.type}"


def costs_text(costs: Sequence[Cost], cluster: Cluster, measured: Path | None) -> str:
    """List what a workflow's steps would cost, and what that rests on."""
    assert cluster.aws is not None
    lines = ["step, queue, tasks: estimate [USD], most by walltimes [USD]"]
    for one in costs:
        what = f"{one.work.step}, {one.work.queue}, {one.work.tasks}"
        lines.append(f"  {what:40} {_usd(one.usd):>10} {_usd(one.most_usd):>12}")
    usd, unknown = total(one.usd for one in costs)
    most, unpriced = total(one.most_usd for one in costs)
    kwh, _ = total(one.kwh for one in costs)
    lines.append(f"  {'in sum':40} {usd:10.3f} {most:12.3f}")
    if measured is None:
        lines.append("no run was named (--measured RUN): walltimes are all there is")
    else:
        lines.append(
            f"estimate: times of {measured}, a task's core-hours taken to stay as they "
            f"were on other cores; prices on demand; {kwh:.3f} kWh of the nodes"
        )
    if unknown and measured is not None:
        lines.append(f"without {unknown} steps that have no time or no price")
    if unpriced:
        lines.append(f"without {unpriced} steps on queues whose price is not known")
    made = spending(costs, cluster.aws.budget)
    lines.append(f"budget: {made.refused or f'within it: {made}'}")
    return "\n".join(lines)
