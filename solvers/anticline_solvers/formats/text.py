"""Lines of a text file that people write: tables of positions, wavelets."""

from __future__ import annotations

from pathlib import Path

from anticline.errors import BadInput, Finding


def lines_of(path: Path) -> list[str]:
    """Read the lines of a UTF-8 text without their ends; line i is row i + 1.

    Raises BadInput, at each line that is no text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        text = f"cannot be read ({error.strerror}); make it or correct the path"
        raise BadInput([Finding(str(path), None, text)]) from error
    lines, findings = [], []
    for row, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        try:
            lines.append(raw.decode())
        except UnicodeDecodeError:
            text = f"{raw[:20]!r} is no UTF-8 text; write the file as plain text"
            findings.append(Finding(str(path), row, text))
    if findings:
        raise BadInput(findings[:10])
    return lines
