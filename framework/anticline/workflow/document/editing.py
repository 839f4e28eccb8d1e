"""Changing a document's text where a workflow has changed, and nowhere else.

Every byte outside of the changed values stays: comments, order, quotes, alignment. The
places come from the YAML library's node tree; a JSON text is one of YAML, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anticline.workflow.document.rendering import Flow, block, key_text

Pair = tuple[Any, Any]  # of key and value nodes


def edited(text: str, old: Any, new: Any, flow: Flow) -> str:
    """Give a document's text with the tree ``new`` in place of ``old``.

    flow : writes a value on one line. The trees are those of `plain.tree_of`, with
    texts for paths.
    """
    from ruamel.yaml import YAML

    text = text if text.endswith("\n") else text + "\n"
    top = YAML(typ="safe", pure=True).compose(text)
    editor = _Editor(text, flow)
    editor.mapping(top, old, new, steps=False)
    return editor.result()


@dataclass
class _Editor:
    """Edits of one text: (start, end, replacement), in the order they are found."""

    text: str
    flow: Flow
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def result(self) -> str:
        parts, at = [], 0
        for start, end, replacement in sorted(self.edits, key=lambda edit: edit[:2]):
            parts += [self.text[at:start], replacement]
            at = max(at, end)
        return "".join(parts) + self.text[at:]

    def mapping(self, node: Any, old: dict[str, Any], new: Any, steps: bool) -> None:
        """Change a mapping; steps : its values are steps."""
        pairs = {str(key.value): (key, value) for key, value in node.value}
        if node.flow_style and set(old) != set(new):
            self._replace_flow(node, pairs, old, new)
            return
        for name, (key, value) in pairs.items():
            if name in old and name not in new:
                self._delete(key, value)
        before: Pair | None = None
        for name, item in new.items():
            if name not in pairs:
                self._insert(node, before, name, item, steps)
                continue
            if name not in old or not same(old[name], item):
                self._change(name, pairs[name], old.get(name), item)
            before = pairs[name]

    def _change(self, name: str, pair: Pair, old: Any, new: Any) -> None:
        key, value = pair
        if isinstance(old, dict) and isinstance(new, dict) and old and new:
            kept = value.flow_style or set(old) & set(new)
            if value.id == "mapping" and kept:
                self.mapping(value, old, new, steps=name == "steps")
                return
        inline = value.id == "scalar" or value.flow_style
        if inline and value.start_mark.index < value.end_mark.index:
            start, end = value.start_mark.index, self._end(key, value)
            self.edits.append((start, end, self.flow(new)))
            return
        start = self._colon(key)
        self.edits.append((start, self._end(key, value), f" {self.flow(new)}"))

    def _replace_flow(
        self, node: Any, pairs: dict[str, Pair], old: dict[str, Any], new: Any
    ) -> None:
        parts = []
        for name, item in new.items():
            if name in pairs and name in old and same(old[name], item):
                key, value = pairs[name]
                parts.append(self.text[key.start_mark.index : self._end(key, value)])
            else:
                parts.append(f"{key_text(name, self.flow)}: {self.flow(item)}")
        whole = "{" + ", ".join(parts) + "}"
        self.edits.append((node.start_mark.index, node.end_mark.index, whole))

    def _delete(self, key: Any, value: Any) -> None:
        """Take out the lines of an entry, a comment behind its last one included."""
        start = key.start_mark.index - key.start_mark.column
        self.edits.append((start, self._next_line(self._end(key, value)), ""))

    def _insert(
        self, node: Any, before: Pair | None, name: str, item: Any, steps: bool
    ) -> None:
        """Put a new entry below the one before it, or above the first."""
        first = node.value[0][0].start_mark
        lines = block(name, item, first.column, step=steps)
        at = first.index - first.column
        if before is not None:
            at = self._next_line(self._end(*before))
        end = "\r\n" if "\r\n" in self.text else "\n"
        self.edits.append((at, at, "".join(line + end for line in lines)))

    def _next_line(self, at: int) -> int:
        return self.text.index("\n", at) + 1

    def _colon(self, key: Any) -> int:
        after: int = key.end_mark.index
        return self.text.index(":", after) + 1

    def _end(self, key: Any, node: Any) -> int:
        """Find where an entry's value ends, comments below it left out."""
        if node.id == "scalar" or node.flow_style:
            start: int = node.start_mark.index
            end: int = node.end_mark.index
            if start == end:
                return self._colon(key)
            return start + len(self.text[start:end].rstrip())
        if not node.value:
            return self._colon(key)
        last = node.value[-1]
        return self._end(*last) if node.id == "mapping" else self._end(key, last)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are written alike: 1, 1.0 and true are three."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() == other.keys()
        return names and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other
