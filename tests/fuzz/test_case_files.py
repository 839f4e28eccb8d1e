"""Whatever stands where a case file should: a case, or clear findings, and soon."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.component import Registry, load_case
from anticline.component.checking import check_case
from anticline.errors import CaseError
from fuzz.case_folder import furnish, shipped
from fuzz.case_mutations import mutate, revalue

MOST_CPU_S = 10.0  # of a file, on a machine that does other things too
MOST_MEMORY = 2 * 1024**3  # bytes, beside what the process has when a test begins
LONGEST = 2000  # characters of a finding, its path and all known names included

Way = Callable[[bytes, Random], bytes]


class TooLong(BaseException):
    """A file that took more than MOST_CPU_S; no reader's error handling ends it."""


@pytest.fixture
def bounded() -> Iterator[None]:
    """Hold memory and the time of each file: a bomb is a failure here too."""

    def stop(*_: Any) -> None:
        raise TooLong

    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MOST_MEMORY
    handler = signal.signal(signal.SIGVTALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, handler)


class Table:
    """Lays one file after the other where a case file should be."""

    def __init__(self, folder: Path) -> None:
        self.texts = shipped()
        furnish(folder, self.texts)
        self.registry = Registry.discover()
        self.folder = folder
        self.names = sorted(self.texts)

    def try_one(self, seed: int, way: Way) -> bool:
        """Tell whether a changed shipped case can be read; it may only refuse."""
        random = Random(seed)
        name = random.choice(self.names)
        return self.hold(
            way(self.texts[name].encode(), random), Path(name).parent, check=True
        )

    def hold(self, content: bytes, place: Path = Path(), check: bool = False) -> bool:
        """Read a file, and let its component check it; tell whether it is a case."""
        path = self.folder / place / "case.yaml"
        path.write_bytes(content)
        signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU_S)
        try:
            case = load_case(path, self.registry)
            if check:
                found = check_case(case, 1)
                assert all(str(item).isprintable() for item in found), content
        except CaseError as error:
            self.look_at(error, path, content)
            return False
        except (Exception, TooLong) as error:
            msg = f"{type(error).__name__} from the file {content!r}"
            raise AssertionError(msg) from error
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return True

    def look_at(self, error: CaseError, path: Path, content: bytes) -> None:
        """Every finding names the file, and is one plain line of bearable length."""
        assert error.findings, content
        last = len(content) + 1
        for finding in error.findings:
            text = str(finding)
            assert finding.file == str(path), content
            assert finding.line is None or 1 <= finding.line <= last, content
            assert text.isprintable(), (text, content)
            assert len(text) <= LONGEST, (text, content)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return Table(tmp_path_factory.mktemp("cases"))


def test_the_shipped_cases_are_cases(table: Table) -> None:
    for name in table.names:
        assert table.hold(table.texts[name].encode(), Path(name).parent, check=True)


SLOW = [pytest.param(seed, 20_000, marks=pytest.mark.slow) for seed in range(1, 5)]


@pytest.mark.parametrize(("start", "inputs"), [(0, 200), *SLOW])
def test_a_damaged_case_is_a_case_or_clear_findings(
    table: Table, bounded: None, start: int, inputs: int
) -> None:
    sound = sum(table.try_one(start * 10**9 + n, mutate) for n in range(inputs))
    assert 0.02 * inputs < sound < 0.5 * inputs  # both sides of the reader are met


SLOW = [pytest.param(seed, 10_000, marks=pytest.mark.slow) for seed in range(5, 7)]


@pytest.mark.parametrize(("start", "inputs"), [(0, 200), *SLOW])
def test_any_numbers_are_taken_or_refused_by_the_components(
    table: Table, bounded: None, start: int, inputs: int
) -> None:
    sound = sum(table.try_one(start * 10**9 + n, revalue) for n in range(inputs))
    assert sound > 0.05 * inputs


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(("component", "inputs", "outputs", "parameters", "folder"))


@given(
    top=st.dictionaries(KEYS | st.text(max_size=9), VALUES, max_size=6),
    component=st.sampled_from(("seismic.rtm", "models.import", "seismic.survey")),
)
def test_a_document_of_any_values_is_refused_clearly(
    table: Table, top: dict[str, Any], component: str
) -> None:
    document = {"component": component} | top
    table.hold(json.dumps(document, allow_nan=True).encode("utf-8", "surrogatepass"))


ODD = (
    *(b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"---", b"...", b"%YAML 9.9\n---\na"),
    *(b"a: &a [*a]", b"a: &a {b: *a}", b"<<: *a", b"a: *b", b"? a\n? b", b"- a\n- b"),
)
REPEATED = (
    *((b"a: ", b"[", b""), (b"", b"{a: ", b""), (b"", b"- ", b""), (b"", b"? ", b"")),
    *(
        (b"a: [", b"a,", b"]"),
        (b"", b"a: b\n", b""),
        (b"", b"x", b""),
        (b"", b"\n", b""),
    ),
    *((b"a: [&a x, ", b"*a, ", b"]"), (b"a: 1e", b"9", b""), (b"a: 0x", b"f", b"")),
    *(
        (b"a: ", b"9_", b""),
        (b'"', b"\\n", b'"'),
        (b"a: ", b"!", b""),
        (b"", b"#\n", b""),
    ),
)


@pytest.mark.parametrize("content", ODD)
def test_what_is_no_case_at_all_is_refused(table: Table, content: bytes) -> None:
    assert not table.hold(content)


@pytest.mark.parametrize(
    "size",
    [10_000, *(pytest.param(n, marks=pytest.mark.slow) for n in (240_000, 10**6))],
)
@pytest.mark.parametrize("parts", REPEATED)
def test_a_bomb_goes_off_quietly(
    table: Table, bounded: None, parts: tuple[bytes, bytes, bytes], size: int
) -> None:
    before, again, after = parts
    assert not table.hold(before + again * (size // len(again)) + after)
