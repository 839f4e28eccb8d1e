"""`anticline survey describe FILE`: what a survey file holds, and what is odd in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from anticline.errors import BadInput

app = typer.Typer(
    help="Describe surveys.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Out = Annotated[
    Path | None, typer.Option(help="Folder of the fold map; default: no map.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Order = Annotated[str | None, typer.Option(help="big or little; default: as detected.")]
Map = Annotated[
    list[str] | None,
    typer.Option(help="FIELD=BYTE of a trace header field that moved; repeatable."),
]
Count = Annotated[
    int | None, typer.Option(min=1, help="Samples a trace; default: as headers say.")
]
Bin = Annotated[
    float | None,
    typer.Option(min=0.01, help="Width of the bins [m]; default: from the receivers."),
]


@app.callback()
def options() -> None:
    """Describe surveys: SEG-Y files, gathers, survey files."""


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="SEG-Y, gathers or a survey.")],
    out: Out = None,
    json: Json = False,
    byte_order: Order = None,
    samples: Count = None,
    header: Map = None,
    bin_m: Bin = None,
) -> None:
    """Print geometry, layout and findings of a file; --out draws its fold map."""
    from anticline_solvers.formats.segy.binary import Stated
    from anticline_solvers.segy.description import describe as described

    stated = Stated(
        byte_order=_order(byte_order), n_samples=samples, header_map=_moved(header)
    )
    found = described(file, stated)
    if out is not None:
        from anticline_solvers.segy.fold import draw, fold_of

        geometry = found.facts["geometry"]
        width = bin_m or geometry.get("spacing_m", [None])[0]
        azimuth_deg = geometry["azimuth_deg"]
        fold = fold_of(found.pieces(), found.extents, width, azimuth_deg)
        picture = draw(fold, file.name, out / f"{file.stem}_fold.png")
        found.facts["fold_map"] = str(picture)
        geometry["fold"] = [int(fold.counts.min()), int(fold.counts.max())]
        geometry["bin_m"] = fold.bin_m
    if json:
        import json as writer

        typer.echo(writer.dumps(found.facts, indent=2))
    else:
        for line in lines_of(found.facts):
            typer.echo(line)


def _order(name: str | None) -> str | None:
    from anticline_solvers.formats.segy.binary import ORDERS

    if name is None or name in ORDERS:
        return ORDERS.get(name or "")
    msg = f"byte order '{name}' is not big or little"
    raise BadInput(msg)


def _moved(given: list[str] | None) -> tuple[tuple[str, int], ...]:
    """Read FIELD=BYTE pairs; BadInput with every wrong one."""
    from anticline_solvers.formats.segy.fields import FIELDS, map_faults

    moved, wrong = {}, []
    for text in given or []:
        name, _, byte = text.partition("=")
        if name in FIELDS and byte.isdigit():
            moved[name] = int(byte)
        else:
            wrong.append(f"'{text}' is no FIELD=BYTE; fields: {', '.join(FIELDS)}")
    wrong += map_faults(moved)
    if wrong:
        raise BadInput(wrong)
    return tuple(sorted(moved.items()))


def lines_of(facts: dict[str, Any]) -> list[str]:
    """Write a description for people."""
    lines = [f"{facts['file']}: {facts['kind']}"]
    for section in ("layout", "sampling", "geometry"):
        lines.append(section)
        lines += [
            f"  {name}: {_shown(value)}"
            for name, value in facts[section].items()
            if name != "text"
        ]
    if header := facts["layout"].get("text"):
        lines += ["text", *(f"  {line}" for line in header)]
    for section in ("findings", "notes"):
        lines += [section, *(f"  {line}" for line in facts[section] or ["none"])]
    if "fold_map" in facts:
        lines.append(f"fold map: {facts['fold_map']}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(_shown(item) for item in value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return "unknown" if value is None else str(value)
