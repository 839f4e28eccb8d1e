"""The catalogue as a table, one line a file, and as JSON (anticline-data/1).

    {"format": "anticline-data/1",
     "datasets": [{"name": ..., "title": ..., "license": ..., "citation": ...,
                   "doi": ..., "bytes": ..., "files": [{"name": ..., "bytes": ...,
                   "sha256": ..., "url": ..., "path": ..., "found": ...}]}],
     "broken": ["plugin 'x' of y 1.0 (...) is broken: ..."]}

`found` is "folder" (ANTICLINE_DATA), "cache" or null, `path` where the file lies;
`bytes` and `sha256` are null where nobody has published them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from anticline.component.catalogue.declare import DataFile, Dataset
from anticline.component.catalogue.known import Catalogue
from anticline.component.catalogue.locate import cached_path, locate
from anticline.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

FORMAT = "anticline-data/1"


def as_json(catalogue: Catalogue) -> str:
    """Write the whole catalogue as one JSON document."""
    document = {
        "format": FORMAT,
        "datasets": [_dataset(item) for _, item in sorted(catalogue.datasets.items())],
        "broken": [str(plugin) for plugin in catalogue.broken],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "title": dataset.title,
        "license": dataset.license,
        "license_url": dataset.license_url or None,
        "citation": dataset.citation,
        "doi": dataset.doi or None,
        "homepage": dataset.homepage or None,
        "bytes": dataset.size_bytes,
        "files": [_file(dataset, file) for file in dataset.files],
    }


def _file(dataset: Dataset, file: DataFile) -> dict[str, Any]:
    found, path = where(dataset, file)
    url = dataset.archive(file.archive).url if file.archive else file.url
    return {
        "name": f"{dataset.name}/{file.name}",
        "summary": file.summary,
        "bytes": file.size_bytes,
        "sha256": file.sha256 or None,
        "url": url or None,
        "members": list(file.members),
        "found": found,
        "path": path,
    }


def where(dataset: Dataset, file: DataFile) -> tuple[str | None, str | None]:
    """Say where a file lies: "folder", "cache" or None, and its path.

    One below ANTICLINE_DATA of another length is "wrong length".
    """
    try:
        path = locate(dataset, file)
    except BadInput:
        return "wrong length", None
    if path is None:
        return None, None
    return ("cache" if path == cached_path(dataset, file) else "folder"), str(path)


def show(catalogue: Catalogue, console: Console | None = None) -> None:
    """Print each data set: its terms, and its files with where they lie."""
    from rich.console import Console

    console = console or Console(highlight=False)
    for _, dataset in sorted(catalogue.datasets.items()):
        console.print(f"[bold]{dataset.name}[/]  {_size(dataset.size_bytes)}")
        for line in lines_of(dataset):
            console.print(f"  {line}", markup=False, soft_wrap=True)
        console.print()
    for plugin in catalogue.broken:
        console.print(str(plugin), style="red", markup=False, soft_wrap=True)


def lines_of(dataset: Dataset) -> list[str]:
    """Describe a data set for a person."""
    terms = f"licence {dataset.license}"
    lines = [dataset.title, f"{terms}  {dataset.license_url}".rstrip()]
    lines.append(f"cite {dataset.citation}")
    lines += [f"doi {dataset.doi}"] if dataset.doi else []
    lines += [f"see {dataset.homepage}"] if dataset.homepage else []
    for file in dataset.files:
        found, path = where(dataset, file)
        absent = "not here" if file.public else "not here, and nowhere public"
        place = f"in {found}: {path}" if path else found or absent
        sha256 = f"sha256 {file.sha256[:12]}" if file.sha256 else "checksum unknown"
        name = f"{dataset.name}/{file.name}"
        lines.append(f"{name}  {_size(file.size_bytes)}  {sha256}  {place}")
    return lines


def _size(size_bytes: int | None) -> str:
    if size_bytes is None:
        return "size unknown"
    if size_bytes < 1e6:
        return f"{size_bytes / 1e3:.1f} kB"
    return f"{size_bytes / 1e6:,.1f} MB"
