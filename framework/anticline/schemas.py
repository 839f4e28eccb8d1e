"""JSON Schemas of the documents a person writes: the verb `schema`."""

from __future__ import annotations

import json
from collections.abc import Callable

from anticline.component.findings import unknown_key
from anticline.component.registry import Registry
from anticline.errors import BadInput


def schema(kind: str, registry: Registry | None = None) -> str:
    """Give the schema of a kind of document as JSON text.

    registry : whose components a workflow's schema knows; None: of any.

    Raises
    ------
    BadInput
        No such kind.
    """
    if kind not in KINDS:
        raise BadInput(unknown_key(kind, list(KINDS), "kind of document"))
    return KINDS[kind](registry)


def _workflow(registry: Registry | None) -> str:
    from anticline.workflow.document.schema import schema_text

    return schema_text(registry)


def _cluster(registry: Registry | None) -> str:
    from anticline.cluster.model import Cluster

    return json.dumps(Cluster.model_json_schema(), indent=1) + "\n"


KINDS: dict[str, Callable[[Registry | None], str]] = {
    "workflow": _workflow,
    "cluster": _cluster,
}
