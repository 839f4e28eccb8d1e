"""Orders of `chores` (tests/plugins), with the folders and cases that they name."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from anticline.execution.node.order import Ended, Order

CHORES = Path(__file__).parent / "plugins" / "chores"


def order(run: Path, name: str, *, attempt: int = 1, **given: Any) -> Order:
    """Write the case of `chores.work` in RUN/steps/NAME; gives an order of it.

    given : fields of the order; others are parameters of the component.
    """
    known = {key: given.pop(key) for key in list(given) if key in _FIELDS}
    folder = run / "steps" / name
    folder.mkdir(parents=True, exist_ok=True)
    case = {
        "component": "chores.work",
        "outputs": {"report": "report.json"},
        "parameters": given,
    }
    (folder / "case.json").write_text(json.dumps(case))
    place = f"steps/{name}"
    return Order(
        str(run), name, place, "chores.work", f"key of {name}", attempt, **known
    )


_FIELDS = frozenset(Order.__dataclass_fields__) - {"run", "id", "folder", "component"}


def sent(workers: Any, made: Order, queue: str) -> Future[Ended]:
    """Submit an order by itself; gives the future of its end."""
    given: Future[Ended] = Future()
    future = workers.submit([made], queue)
    future.add_done_callback(lambda done: given.set_result(done.result()[0]))
    return given


def report(made: Order) -> dict[str, Any]:
    """Read what an order's task wrote."""
    found: dict[str, Any] = json.loads((made.place / "report.json").read_text())
    return found
