"""RUN/report.html: one page, nothing loaded from elsewhere, no script.

Everything that a run says of itself (names, reasons, logs) is escaped; the page forbids
itself to load anything (its content security policy), pictures are in it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anticline.component.context import code_version
from anticline.errors import Failed
from anticline.events import amounts
from anticline.events.report import gantt, graph, origins, tables
from anticline.events.report.pictures import pictures
from anticline.events.runs import Sight
from anticline.events.status import headline

if TYPE_CHECKING:
    from jinja2 import Environment

REPORT = "report.html"
COLORS = 12


def write(sight: Sight) -> Path:
    """Write the report of a run into its folder, beside and renamed.

    Raises
    ------
    Failed
        The folder cannot be written.
    """
    path = sight.folder / REPORT
    beside = path.with_name(f"{REPORT}.{os.getpid()}.part")
    text = page(sight)
    try:
        beside.write_text(text, encoding="utf-8", errors="replace")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        msg = f"{path}: {error.strerror}; the report is not written"
        raise Failed(msg) from error
    return path


def page(sight: Sight) -> str:
    """Make the page's text."""
    template = _environment().get_template("page.html")
    return template.render(**_content(sight))


def _content(sight: Sight) -> dict[str, Any]:
    state = sight.state
    repeats = list(islice(tables.repeats(state), tables.MOST_REPEATS))
    drawn = pictures(sight)
    return {
        "sight": sight,
        "state": state,
        "name": state.name or sight.folder.name,
        "headline": headline(sight),
        "cards": tables.cards(sight),
        "graph": graph.draw(state),
        "chart": gantt.draw(state, sight.now),
        "rows": tables.step_rows(state),
        "failures": tables.failures(sight),
        "held_up": state.held_up(),
        "repeats": repeats,
        "kept": sum(task.kept for task in state.tasks.values()),
        "results": [picture for picture in drawn if picture.result],
        "examples": [picture for picture in drawn if not picture.result],
        "parameters": origins.parameters(sight),
        "facts": origins.facts(sight),
        "sessions": origins.sessions(state),
        "sources": origins.sources(sight.folder),
        "documents": origins.documents(sight.folder),
        "written": tables.moment(datetime.now(UTC).timestamp()),
        "code": code_version(),
    }


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        duration=amounts.duration, percent=amounts.percent, memory=tables.memory
    )
    environment.globals.update(
        BOX_W=graph.BOX_W, BOX_H=graph.BOX_H, LABEL_H=gantt.LABEL_H, COLORS=COLORS
    )
    return environment
