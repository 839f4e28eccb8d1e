"""The textual header: 40 lines of 80 characters, EBCDIC or ASCII."""

from __future__ import annotations

from collections.abc import Sequence

LINES, COLUMNS = 40, 80
EBCDIC, ASCII = "cp500", "ascii"
END_STANZA = "((SEG: ENDTEXT))"


def encoding_of(raw: bytes) -> str:
    """Tell EBCDIC from ASCII by which makes more of the text printable."""

    def printable(name: str) -> int:
        return sum(32 <= ord(c) < 127 for c in raw.decode(name, "replace"))

    return EBCDIC if printable(EBCDIC) >= printable(ASCII) else ASCII


def lines_of(raw: bytes) -> list[str]:
    """Give the lines, without blanks at their ends; what cannot be shown is a dot."""
    text = raw.decode(encoding_of(raw), "replace")
    shown = "".join(c if c.isprintable() and c != "\ufffd" else "." for c in text)
    return [
        shown[start : start + COLUMNS].rstrip(" .")
        for start in range(0, len(shown), COLUMNS)
    ]


def ends_texts(raw: bytes) -> bool:
    """Tell whether an extended textual header is the last one."""
    text = raw.decode(encoding_of(raw), "replace").upper()
    return END_STANZA.replace(" ", "") in text.replace(" ", "")


def written(lines: Sequence[str], revision: int) -> bytes:
    """Make an EBCDIC textual header: at most 37 lines, then what the standard asks.

    Longer lines are cut at 76 characters.
    """
    closing = {38: "", 39: f"SEG Y REV{revision}" if revision else ""}
    closing[40] = "END TEXTUAL HEADER" if revision else "END EBCDIC"
    rows = []
    for number in range(1, LINES + 1):
        given = lines[number - 1] if number <= min(len(lines), 37) else ""
        content = closing.get(number, given)
        rows.append(f"C{number:2d} {content}"[:COLUMNS].ljust(COLUMNS))
    return "".join(rows).encode(EBCDIC, "replace")
