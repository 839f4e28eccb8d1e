"""ParallelCluster's keys as the text of a file."""

from __future__ import annotations

import io
from typing import Any

_HEAD = """\
# Written by anticline from {source}; change that file, then
# anticline cluster render {source}
# Names with zeros in them are put in from the stacks (--stack); see README.md here.
"""


def text_of(configuration: dict[str, Any], source: str) -> str:
    """Write a configuration as YAML, its keys in order; ``source`` is for its head."""
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 160  # a name is not cut
    stream = io.StringIO()
    writer.dump(configuration, stream)
    return _HEAD.format(source=source) + stream.getvalue()
