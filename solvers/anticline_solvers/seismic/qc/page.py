"""One HTML page that holds numbers and figures, and needs no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from typing import Any

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
       padding: 0 1rem; color: #222; }
img { max-width: 100%; }
figure { margin: 1.5rem 0; }
figcaption { color: #555; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: 0.2rem 1.2rem 0.2rem 0;
         border-bottom: 1px solid #ddd; }
td { font-variant-numeric: tabular-nums; }
"""

SKIPPED = ("format", "provenance", "shots_done")


def page(
    title: str, report: Mapping[str, Any], figures: Mapping[str, tuple[str, bytes]]
) -> str:
    """Make the page.

    figures : name -> (caption, PNG). Lists of more than four entries stay out of the
    table: the report file has them.
    """
    rows = "\n".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in _rows("", report)
    )
    pictures = "\n".join(
        f'<figure id="{escape(name)}"><img alt="{escape(caption)}" '
        f'src="data:image/png;base64,{b64encode(png).decode()}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for name, (caption, png) in figures.items()
    )
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n"
        f"<table>\n{rows}\n</table>\n{pictures}\n</body></html>\n"
    )


def _rows(above: str, numbers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Flatten the report into names and values, provenance left out."""
    found: list[tuple[str, str]] = []
    for key, value in numbers.items():
        name = f"{above} {key}".strip().replace("_", " ")
        if not above and key in SKIPPED:
            continue
        if isinstance(value, Mapping):
            found += _rows(name, value)
        elif isinstance(value, list):
            if len(value) <= 4 and not any(isinstance(v, Mapping) for v in value):
                found.append((name, ", ".join(map(_text, value))))
        else:
            found.append((name, _text(value)))
    return found


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:.5g}" if isinstance(value, float) else str(value)
