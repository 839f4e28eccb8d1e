"""Case files that people, editors and disks make of good ones.

`mutate` takes a good file and gives another, decided by a `random.Random` alone:
bytes flipped and cut, lines moved and repeated, values and keys replaced by what is
awkward in YAML, in numbers, in units and in paths.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

AWKWARD = (
    *("", "~", "null", "true", "no", "0", "-1", "-0.0", "1e400", "-1e400", ".inf"),
    *(".nan", "1e-320", "9" * 30, "9" * 5000, "0x" + "f" * 5000, "0o777", "1_000"),
    *("1:30", "2026-11-23", "2026-99-99", "2026-11-23T10:00:00Z", "!!int x"),
    *("!!float", "!!int", "!!bool maybe", "!!null x", "!!binary '%%'", "!!set {a}"),
    *("!!timestamp x", "!!omap [a]", "!!pairs [a: b]", "!!python/name:os.system"),
    *("!own 3", "!<tag:x> y", "[", "]", "{", "}", "[[[[1]]]]", "{a: {b: {c: 1}}}"),
    *("[1, two, [3]]", "{}", "[]", "- 3", "? x", ": 3", "|\n  text", ">-\n  folded"),
    *("'open", '"open', '"\\ud800"', '"\\0"', '"\\x1b[31m"', '"a\\nb"', "\\", "%YAML"),
    *("&a [*a]", "*nobody", "<<: *a", "@x", "`x", "#", "8 Hz", "8 m", "8 parsecs"),
    *("1e999999 m", "-5 km/s", "10 m m", "NaN s", "٣ m", "1e309 Hz", "0.1e-400 s"),
    *("1__0 m", "${", "${}", "${HOME}", "${NO_SUCH}", "${data:}", "${data:marmousi2}"),
    *("${data:marmousi2/vp}", "${data:a/b/c}", "${\\ud800}", "~", "~nobody/x", "."),
    *("..", "/", "/dev/null", "/dev/zero", "/proc/self/mem", "x" * 300, "x" * 5000),
    *("a/" * 3000, "model.h5/x", "a b", "é", "\u2028", "\ufeff", "😀", "case.yaml"),
)
NUMBERS = (
    *("0", "1", "2", "3", "8", "-1", "0.001", "1e-9", "1e-30", "1e-300", "50", "1000"),
    *("1000000", "1e9", "1e12", "1e18", "4294967297", "9223372036854775808", "1e30"),
    *("1e308", "-1e308", "2.5", "[1]", "[1, 1]", "[0, 0]", "[1e9, 1e9]", "[5, 5, 5]"),
    *("[1000000, 1000000]", "[1e300, 1e300]", "true", "none", "xyz", "null"),
)


def mutate(text: bytes, random: Random) -> bytes:
    """Change a good file in one to four ways."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        text = random.choice(WAYS)(text, random)
    return text


def revalue(text: bytes, random: Random) -> bytes:
    """Give one to three parameters another number, list or word."""
    head, key, tail = text.partition(b"parameters:\n")
    lines = tail.split(b"\n")
    for _ in range(random.choice((1, 2, 3))):
        at = random.randrange(len(lines))
        name = lines[at].partition(b":")[0]
        lines[at] = name + b": " + random.choice(NUMBERS).encode()
    return head + key + b"\n".join(lines)


def _byte(text: bytes, random: Random) -> bytes:
    if not text:
        return bytes([random.randrange(256)])
    at = random.randrange(len(text))
    return text[:at] + bytes([random.randrange(256)]) + text[at + 1 :]


def _punctuation(text: bytes, random: Random) -> bytes:
    at = random.randrange(len(text) + 1)
    sign = random.choice(b"{}[]:,-?&*!|>'\"%@`#~\t\n \\\0$.")
    return text[:at] + bytes([sign]) * random.choice((1, 1, 2, 3)) + text[at:]


def _cut(text: bytes, random: Random) -> bytes:
    first, last = sorted(random.randrange(len(text) + 1) for _ in range(2))
    return random.choice((text[:first], text[:first] + text[last:]))


def _lines(text: bytes, random: Random) -> bytes:
    lines = text.split(b"\n")
    one, other = (random.randrange(len(lines)) for _ in range(2))
    way = random.randrange(4)
    if way == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif way == 1:
        lines.insert(other, lines[one])
    elif way == 2:
        del lines[one]
    else:
        lines[one] = b" " * random.randrange(1, 9) + lines[one].lstrip()
    return b"\n".join(lines)


def _value(text: bytes, random: Random) -> bytes:
    """Put another value behind a key."""
    lines = text.split(b"\n")
    keyed = [at for at, line in enumerate(lines) if b":" in line]
    if not keyed:
        return text
    at = random.choice(keyed)
    value = random.choice(random.choice((AWKWARD, NUMBERS)))
    lines[at] = lines[at].partition(b":")[0] + b": " + value.encode("utf-8", "replace")
    return b"\n".join(lines)


def _key(text: bytes, random: Random) -> bytes:
    lines = text.split(b"\n")
    at = random.randrange(len(lines))
    before, colon, after = lines[at].partition(b":")
    indent = before[: len(before) - len(before.lstrip())]
    key = random.choice((*AWKWARD, "component", "inputs", "parameters", "folder"))
    lines[at] = indent + key.encode("utf-8", "replace") + (colon or b":") + after
    return b"\n".join(lines)


def _deep(text: bytes, random: Random) -> bytes:
    depth = random.choice((5, 10, 20, 50, 100, 200, 400, 1000))
    opened, closed = random.choice(((b"[", b"]"), (b"{a: ", b"}"), (b"- ", b"")))
    return text + b"\nx: " + opened * depth + b"1" + closed * depth


def _bomb(text: bytes, random: Random) -> bytes:
    """Anchors that each hold the one before ten times: lists, mappings, merges."""
    levels = range(1, random.choice((3, 10, 30)))
    first, body = random.choice(
        (
            ("[x, y]", "[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]"),
            ("{x: y}", "{{a: {0}, b: {0}, c: {0}, d: {0}, e: {0}, f: {0}, g: {0}}}"),
            ("{x: y}", "{{<<: [{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]}}"),
        )
    )
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{n}: &a{n} {body.format(f'*a{n - 1}')}" for n in levels]
    where = random.choice((b"\n", b"\nparameters:\n  space_order:\n"))
    indent = b"    " if b"space_order" in where else b""
    return text + where + b"\n".join(indent + line.encode() for line in lines)


def _coded(text: bytes, random: Random) -> bytes:
    """Write the file in another code, or with other line ends."""
    code = random.choice(("utf-16", "utf-32", "latin-1", "cp500", "utf-8-sig", "crlf"))
    if code == "crlf":
        return text.replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\n", b"\x85")))
    return text.decode("utf-8", "replace").encode(code, "replace")


WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(_byte, _byte, _punctuation, _punctuation, _cut, _lines, _lines),
    *(_value, _value, _value, _value, _key, _key, _deep, _bomb, _coded),
)
