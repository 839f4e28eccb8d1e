"""Names of wells by pattern: `*` at the end of a name or within it."""

from __future__ import annotations

import re
from collections.abc import Iterable


def matching(pattern: str, names: Iterable[str]) -> list[str]:
    """Names that a pattern means, in their order."""
    parts = (re.escape(part) for part in re.split(r"(\*|\?)", pattern))
    text = "".join({r"\*": ".*", r"\?": "."}.get(part, part) for part in parts)
    return [name for name in names if re.fullmatch(text, name, re.IGNORECASE)]
