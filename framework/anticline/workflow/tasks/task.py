"""One run of one step's component, and where its files lie.

RUN/steps/image/007/           the folder of task "image[7]"
    case.json                  what is run: `anticline-rank COMPONENT case.json`
    image.h5                   PORT + the suffix of its type, one a written output
    log.txt                    what its ranks said
    ended.json                 how it ended; written last, beside and renamed

not scattered      "smooth"            RUN/steps/smooth
scattered          "image[7]"          RUN/steps/image/007
a tree's node      "stack[1.0]"        RUN/steps/stack/1.0      level 1, place 0
its root           "stack"             RUN/steps/stack
in a loop          "invert(2)/update"  RUN/steps/invert/002/update
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anticline.workflow.graph import Request

CASE, LOG, ENDED = "case.json", "log.txt", "ended.json"
STEPS = "steps"


@dataclass(frozen=True, order=True)
class Product:
    """An output of a task: a file that is there once the task is done.

    file : its path from the run folder.
    """

    task: str
    port: str
    file: Path


@dataclass(frozen=True)
class Task:
    """What runs as one job, or as one part of a worker's day.

    id : of the task, as above. step : the name that a report groups it by
    ("image", "invert/update"). folder : from the run folder. inputs : files, and
    products of other tasks; a tuple for an input declared `many`. outputs : the files
    that it writes, from the run folder. parameters : as given, not fitted.
    """

    id: str
    step: str
    component: str
    folder: Path
    inputs: Mapping[str, Path | Product | tuple[Path | Product, ...]]
    outputs: Mapping[str, Path]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    request: Request = field(default_factory=Request)

    @property
    def products(self) -> tuple[Product, ...]:
        """What other tasks must have written."""
        given = [
            part
            for value in self.inputs.values()
            for part in (value if isinstance(value, tuple) else (value,))
        ]
        return tuple(part for part in given if isinstance(part, Product))

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of the tasks that must be done first, each once, in order."""
        return tuple(dict.fromkeys(product.task for product in self.products))
