"""The data sets that this installation knows, and finding one by its name.

They come from `public.yaml` beside this module, from plugins (the entry-point group
`anticline.datasets`), and from the user's own catalogues: those that
ANTICLINE_CATALOGUE names, a colon between them, else `anticline/catalogue.yaml` in
the user's configuration folder where there is one.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from anticline.component.catalogue.declare import DataFile, Dataset
from anticline.component.catalogue.document import read_catalogue
from anticline.component.document import quoted
from anticline.component.registry import DATASETS, BrokenPlugin, discover
from anticline.errors import BadInput, Finding

VARIABLE = "ANTICLINE_CATALOGUE"
PUBLIC = Path(__file__).with_name("public.yaml")


@dataclass(frozen=True)
class Catalogue:
    """Data sets by name, and the plugins that gave none."""

    datasets: Mapping[str, Dataset]
    broken: tuple[BrokenPlugin, ...] = ()

    def select(self, name: str) -> tuple[Dataset, tuple[DataFile, ...]]:
        """Give the data set and the files that ``NAME`` or ``NAME/FILE`` means.

        Raises
        ------
        BadInput
            No such data set or file; the nearest is named.
        """
        first, slash, rest = name.partition("/")
        dataset = self.datasets.get(first)
        if dataset is None:
            hint = f"{_nearest(first, list(self.datasets))}: anticline data list"
            msg = f"no data set {quoted(first)} in the catalogue; {hint}"
            raise BadInput(msg)
        if not slash:
            return dataset, dataset.files
        files = tuple(file for file in dataset.files if file.name == rest)
        if not files:
            hint = _nearest(rest, [file.name for file in dataset.files])
            msg = f"data set '{first}' has no file {quoted(rest)}; {hint}"
            raise BadInput(msg)
        return dataset, files

    def file(self, name: str) -> tuple[Dataset, DataFile]:
        """Give the one file that a name means.

        Raises
        ------
        BadInput
            As `select`, or a set of several files is named without one of them.
        """
        dataset, files = self.select(name)
        if len(files) != 1:
            names = ", ".join(f"{dataset.name}/{file.name}" for file in files)
            msg = f"data set '{name}' has {len(files)} files; name one: {names}"
            raise BadInput(msg)
        return dataset, files[0]


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known are {', '.join(sorted(known))}"


def catalogue() -> Catalogue:
    """Read the catalogue of this installation.

    Raises
    ------
    BadInput
        A catalogue of the user's that cannot be used, with every finding.
    """
    datasets = {item.name: item for item in _public()}
    owners = dict.fromkeys(datasets, "anticline")
    found = discover(DATASETS, Dataset, owners)
    datasets |= found.items
    owners |= found.distributions
    findings: list[Finding] = []
    for path in user_catalogues():
        try:
            offered = read_catalogue(path)
        except BadInput as error:
            findings += error.findings
            continue
        for item in offered:
            if item.name in owners:
                text = f"data set '{item.name}' is of {owners[item.name]}; rename it"
                findings.append(Finding(str(path), None, text))
            datasets[item.name], owners[item.name] = item, str(path)
    if findings:
        raise BadInput(findings)
    return Catalogue(datasets, found.broken)


@lru_cache(maxsize=1)
def _public() -> tuple[Dataset, ...]:
    return read_catalogue(PUBLIC)


def user_catalogues() -> list[Path]:
    """Name the user's own catalogues."""
    if named := os.environ.get(VARIABLE):
        return [Path(item).expanduser() for item in named.split(os.pathsep) if item]
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    usual = Path(home).expanduser() / "anticline" / "catalogue.yaml"
    return [usual] if usual.is_file() else []
