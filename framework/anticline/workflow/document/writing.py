"""Writing workflows: a new document, or one that was read, with its comments.

    document = read_workflow(path)
    smooth = replace(document.workflow.steps["smooth"], parameters={...})
    steps = {**document.workflow.steps, "smooth": smooth}
    write_workflow(document.changed(replace(document.workflow, steps=steps)), path)

Of a document that was read, what has not changed keeps every byte. One that uses an
anchor in a place that has changed is written anew, without comments.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from anticline.component.document import Node, is_json, parse
from anticline.errors import BadInput
from anticline.workflow.document import rendering
from anticline.workflow.document.editing import edited, same
from anticline.workflow.document.plain import Tree, path_text, tree_of, with_texts
from anticline.workflow.document.reading import LEVELS, Document, draft_of
from anticline.workflow.document.steps import plain
from anticline.workflow.graph import Workflow


def write_workflow(workflow: Workflow | Document, path: Path) -> None:
    """Write a workflow's document, beside and renamed.

    Raises
    ------
    BadInput
        A value that no document can hold, or a file that cannot be written.
    """
    text = text_of_workflow(workflow, path)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(text.encode("utf-8", "surrogatepass"))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        msg = f"{path} cannot be written: {error.strerror}"
        raise BadInput(msg) from error


def text_of_workflow(workflow: Workflow | Document, path: Path) -> str:
    """Give the text of a document that is to lie at ``path``."""
    if isinstance(workflow, Document) and workflow.text:
        return _changed(workflow, path)
    tree = tree_of(workflow.workflow if isinstance(workflow, Document) else workflow)
    return _anew(tree, path)


def _anew(tree: Tree, path: Path) -> str:
    written = with_texts(tree, path.parent)
    if is_json(path.name):
        return json.dumps(written, indent=2, ensure_ascii=False) + "\n"
    return rendering.whole(written)


def _changed(document: Document, path: Path) -> str:
    """Change the text of a document where its workflow has changed."""
    before = draft_of(document.text, document.path, document.base).document
    old, new = _with_folder(before), _with_folder(document)
    if before.folder == document.folder and "folder" not in document.lines:
        del old["folder"], new["folder"]
    if is_json(path.name) != is_json(document.path.name):
        return _anew(new, path)
    old_texts = with_texts(old, path.parent)
    if Path.cwd() / document.base != Path.cwd() / path.parent:
        raw, _ = parse(document.text, str(document.path), LEVELS)
        old_texts = _moved(old, plain(Node(raw, 1)), path.parent)
    new_texts = with_texts(new, path.parent)
    if same(old_texts, new_texts):
        return document.text
    flow = rendering.json_flow if is_json(path.name) else rendering.yaml_flow
    text = edited(document.text, old_texts, new_texts, flow)
    return text if _reads_as(text, new, path) else _anew(new, path)


def _with_folder(document: Document) -> Tree:
    tree = tree_of(document.workflow)
    steps = tree.pop("steps")
    return tree | {"folder": document.folder, "steps": steps}


def _moved(old: Any, raw: Any, base: Path) -> Any:
    """Give an old tree's texts where its paths are read from another folder now.

    A path that begins with / or ~ or a variable is still right; another becomes None,
    which differs from every text.
    """
    if isinstance(old, dict):
        inner = raw if isinstance(raw, dict) else {}
        return {key: _moved(value, inner.get(key), base) for key, value in old.items()}
    if isinstance(old, list) and isinstance(raw, list) and len(old) == len(raw):
        return [_moved(value, item, base) for value, item in zip(old, raw, strict=True)]
    if not isinstance(old, Path):
        return old
    stays = isinstance(raw, str) and raw.startswith(("/", "~", "$"))
    return path_text(old, base) if stays else None


def _reads_as(text: str, tree: Tree, path: Path) -> bool:
    """Tell whether a text says what it is to say."""
    try:
        draft = draft_of(text, path, path.parent)
    except BadInput:
        return False
    found = _with_folder(draft.document)
    if "folder" not in tree:
        del found["folder"]
    return not draft.findings and same(_whole(found), _whole(tree))


def _whole(tree: Any) -> Any:
    """Give a tree whose paths are those of the file system."""
    if isinstance(tree, dict):
        return {key: _whole(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_whole(value) for value in tree]
    return os.path.realpath(tree) if isinstance(tree, Path) else tree
