"""Paths in a case file: ${VARIABLE}, ${data:NAME} and ~ stand for folders and files.

inputs:
  model: ${PROJECT}/model.h5         an environment variable
  raw: ${data:marmousi2/vp}          a file of a public data set
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from anticline.component.catalogue.known import catalogue
from anticline.component.catalogue.locate import required
from anticline.component.document import Node, quoted
from anticline.component.findings import Findings
from anticline.errors import BadInput

DATA = "data:"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_MEANING = {
    "ANTICLINE_DATA": " (the folder that holds the public data sets)",
}


def read_path(node: Node, folder: Path, where: str, findings: Findings) -> Path | None:
    """Expand ${VAR}, ${data:NAME} and ~, and take a relative path from ``folder``.

    Links and ".." are resolved; below the current folder the path is relative.
    """
    text = node.value
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        findings.add(node.line, f"{where} needs the path of a file")
        return None
    known: dict[str, str] = {}
    wrong = False
    for name in sorted(set(_VARIABLE.findall(text))):
        try:
            known[name] = _value_of(name, where)
        except BadInput as error:
            text = "; ".join(map(str, error.findings))
            findings.add(node.line, f"{where}: {text}")
            wrong = True
    if wrong:
        return None
    expanded = _VARIABLE.sub(lambda match: known[match[1]], text)
    try:
        path = (folder / Path(expanded).expanduser()).resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        findings.add(node.line, f"{where}: {quoted(text)}: {reason}")
        return None
    return _short(path)


def _value_of(name: str, where: str) -> str:
    """Give what ${name} stands for; BadInput where it stands for nothing."""
    if name.startswith(DATA):
        if not where.startswith("input"):
            msg = f"${{{name}}} names public data, which are only read"
            raise BadInput(msg)
        return str(required(*catalogue().file(name.removeprefix(DATA))))
    if name.isascii() and (value := os.environ.get(name)):
        return value
    meaning = _MEANING.get(name, "")
    name = quoted(name).strip("'")
    msg = f"${{{name}}}{meaning} is not set; set it, as in: export {name}=/path"
    raise BadInput(msg)


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
