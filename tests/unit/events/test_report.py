"""The page about a run: whole, self-contained, and what a browser makes of it."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.errors import Failed
from anticline.events.progress import TaskRecord
from anticline.events.query import RunState
from anticline.events.record import Event
from anticline.events.report import gantt, graph, tables
from anticline.events.report.layers import ranks
from anticline.events.report.origins import parameters, sources
from anticline.events.report.page import page, write
from anticline.events.report.pictures import examples
from anticline.events.runs import look
from conftest import Needs
from simulated_run import inversion, simulate, survey, tasks_of, write_run

FAILS = {"image[3]": ["diverged"], "shots[5]": ["lost"], "shots[7]": ["failed"]}
EMPTY = frozenset({"meta", "link", "img", "br", "input"})


class Outline(HTMLParser):
    """Elements with their attributes; refuses a page that is not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run in which things went wrong, with its inputs known."""
    folder = tmp_path_factory.mktemp("reported") / "run"
    events = simulate(survey(8), fails=FAILS)
    run = write_run(folder, events, tasks_of(survey(8)))
    (run / "hashes.json").write_text(json.dumps({"/data/vp.bin": [2048, 1, "ab" * 32]}))
    (run / "workflow.yaml").write_text(
        "workflow: survey  # <script>alert(1)</script>\n"
    )
    return write(look(run))


@pytest.fixture(scope="module")
def text(reported: Path) -> str:
    return reported.read_text(encoding="utf-8")


def test_the_page_is_well_nested_and_says_its_language(text: str) -> None:
    outline = Outline(text)
    assert outline.of("html") == [{"lang": "en"}]
    assert len(outline.of("h1")) == 1
    assert len(outline.of("main")) == 1


def test_the_page_loads_nothing_from_elsewhere(text: str) -> None:
    outline = Outline(text)
    assert not outline.of("script")
    assert not outline.of("link")
    for tag, attributes in outline.elements:
        for name in ("src", "href", "action", "data"):
            given = attributes.get(name) or ""
            assert given == "" or given.startswith(("#", "data:")), (tag, given)
    assert not re.search(r"url\((?!#)|@import|https?://", text)
    policy = next(m for m in outline.of("meta") if "http-equiv" in m)
    assert str(policy["content"]).startswith("default-src 'none'")


def test_every_figure_and_table_has_a_name_for_those_who_do_not_see_it(
    text: str,
) -> None:
    outline = Outline(text)
    ids = {attributes.get("id") for _, attributes in outline.elements}
    assert len([i for i in ids if i]) == sum(
        "id" in attributes for _, attributes in outline.elements
    )
    for drawing in outline.of("svg"):
        if drawing.get("aria-hidden") != "true":
            assert drawing["role"] == "img"
            assert set(str(drawing["aria-labelledby"]).split()) <= ids
    assert len(outline.of("caption")) == len(outline.of("table"))
    assert all("scope" in heading for heading in outline.of("th"))
    assert all(image.get("alt") for image in outline.of("img"))
    assert {str(a["href"]).removeprefix("#") for a in outline.of("a")} <= ids


def test_the_page_tells_what_happened(text: str) -> None:
    for piece in (
        "survey on trial: failed; 18 of 21 tasks done",
        "it was diverged", "steps/image/003/log.txt", "image[3] speaks",
        "2 tasks cannot run without them", "it was lost",
        "ab" * 32, "/data/vp.bin", "2.0 KiB", "queue gpu, at most 2 at a time",
        "process 4711 on head", "CPU efficiency",
    ):  # fmt: skip
        assert piece in text, piece


def test_what_a_run_says_of_itself_is_text_and_no_markup(text: str) -> None:
    assert "&lt;b&gt;&amp; is heard&lt;/b&gt;" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def remove_outputs(run: Path) -> None:
    """Leave nothing that could be drawn, which takes a second."""
    for output in run.rglob("*.h5"):
        output.unlink()


def test_a_folder_that_cannot_be_written_is_told(run: Path) -> None:
    (run / "report.html").mkdir()
    remove_outputs(run)
    with pytest.raises(Failed, match=r"report.html: Is a directory"):
        write(look(run))
    assert [path.name for path in run.glob("report*")] == ["report.html"]


def test_a_run_that_has_only_begun_has_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    run = write_run(tmp_path, simulate(survey(4))[:1], [])
    assert "No task has run." in page(look(run))


def test_a_run_of_batch_scripts_has_a_page_too(jobs_run: Path) -> None:
    remove_outputs(jobs_run)
    text = page(look(jobs_run))
    assert "no driver wrote a log" in text
    assert "18 of 21" in text


def test_parameters_that_differ_are_listed_by_their_values(run: Path) -> None:
    given = {one.step: dict(one.parameters) for one in parameters(look(run))}
    assert given["shots"] == {"part": "0, 1, 2, 3, 4, 5 …"}
    assert given["model"] == {}


def test_inputs_without_known_hashes_are_none(tmp_path: Path) -> None:
    assert sources(tmp_path) == []
    (tmp_path / "hashes.json").write_text('{"a": 7, "b": [1, 2, "cd"]}')
    assert [source.path for source in sources(tmp_path)] == ["b"]


def test_a_loop_is_shown_by_its_last_iteration_so_far() -> None:
    done = [
        TaskRecord("model", "model"),
        *(
            TaskRecord(f"invert({n})/gradient[{k}]", "invert/gradient")
            for n in (1, 9, 10)
            for k in (0, 1)
        ),
    ]
    names = [task.id for task in examples(done)]
    assert names == ["invert(10)/gradient[0]", "model"]


def test_the_tail_of_a_long_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("\n".join(f"line {k}" for k in range(5000)))
    lines = tables.tail_of(log).splitlines()
    assert len(lines) == tables.LOG_TAIL_LINES
    assert lines[-1] == "line 4999"
    assert tables.tail_of(tmp_path / "absent") == ""


# -- the graph ------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30).map(
        lambda pairs: [(f"s{min(p)}", f"s{max(p)}") for p in pairs if p[0] != p[1]]
    )
)
def test_a_step_stands_right_of_all_that_it_reads(edges: list[tuple[str, str]]) -> None:
    rank = ranks([f"s{k}" for k in range(12)], edges)
    assert all(rank[after] > rank[before] for before, after in edges)


def test_steps_that_need_each_other_are_drawn_all_the_same() -> None:
    assert set(ranks(["a", "b"], [("a", "b"), ("b", "a")])) == {"a", "b"}


@pytest.mark.parametrize("kind", ["survey", "inversion"])
def test_boxes_lie_in_the_drawing_and_on_no_other(kind: str) -> None:
    if kind == "survey":
        state = RunState.of(simulate(survey(8)))
    else:
        planned = [
            Event("2026", "planned", task.id, {"step": task.step,
                                               "after": list(task.after)})
            for task in tasks_of(inversion(), invert=3)
        ]  # fmt: skip
        state = RunState.of(planned)
    drawn = graph.draw(state)
    places = [(box.x, box.y) for box in drawn.boxes]
    for x, y in places:
        assert 0 <= x <= drawn.width - graph.BOX_W
        assert 0 <= y <= drawn.height - graph.BOX_H
    for k, (x, y) in enumerate(places):
        for other_x, other_y in places[k + 1 :]:
            apart = abs(x - other_x) >= graph.BOX_W or abs(y - other_y) >= graph.BOX_H
            assert apart
    assert len(drawn.frames) == (kind == "inversion")


def test_the_arrows_are_the_links_of_the_steps() -> None:
    state = RunState.of(simulate(survey(8)))
    assert set(graph.step_edges(state)) == {
        ("model", "smooth"), ("model", "shots"), ("smooth", "image"),
        ("shots", "image"), ("image", "stack"),
    }  # fmt: skip


# -- the timeline ---------------------------------------------------------------------


def test_bars_lie_on_the_axis_in_the_order_of_their_times() -> None:
    state = RunState.of(simulate(survey(8)))
    chart = gantt.draw(state, state.latest_s or 0.0)
    assert chart is not None
    assert all(0 <= bar.x <= bar.x + bar.width <= chart.width for bar in chart.rects)
    assert all(bar.y + bar.height <= chart.height for bar in chart.rects)
    assert [tick.x for tick in chart.ticks] == sorted(tick.x for tick in chart.ticks)
    assert chart.ticks[0].label == "0 s"
    assert chart.cuts == ()


def test_a_night_between_two_drivers_is_cut_out() -> None:
    def ended(task: str, begun: str, end: str) -> Event:
        facts = {"code": 0, "began_utc": begun, "ended_utc": end, "queue": "x86"}
        return Event(end, "ended", task, facts)

    day, night = "2026-11-23T18:{:02d}:00+00:00", "2026-11-24T08:{:02d}:00+00:00"
    state = RunState.of(
        [
            ended("a", day.format(0), day.format(10)),
            ended("b", night.format(0), night.format(10)),
        ]
    )
    chart = gantt.draw(state, state.latest_s or 0.0)
    assert chart is not None
    assert [cut.label for cut in chart.cuts] == ["13 h 50 min in which nothing ran"]
    widths = [bar.width for bar in chart.rects]
    assert widths == pytest.approx([widths[0]] * 2)
    assert widths[0] > 0.45 * chart.width


def test_a_page_of_very_many_tasks_stays_small() -> None:
    state = RunState()
    for k in range(8_000):
        second, lane = divmod(k, 4)
        facts = {"code": 0, "seconds": 0.9, "queue": "x86"}
        end = datetime.fromtimestamp(1e9 + second + 1 + lane / 100, UTC).isoformat()
        state.add(Event(end, "ended", f"shots[{k}]", facts))
    chart = gantt.draw(state, state.latest_s or 0.0)
    assert chart is not None
    assert len(chart.rects) < 3000


# -- in a browser ---------------------------------------------------------------------

MEASURE = """<!doctype html><body style="margin:0"><script>
const found = {};
async function look(width) {
  const frame = document.createElement('iframe');
  frame.style.cssText = `width:${width}px;height:900px;border:0`;
  frame.src = 'PAGE';
  document.body.append(frame);
  await new Promise(done => frame.onload = done);
  const page = frame.contentDocument;
  found[width] = {
    wide: page.documentElement.scrollWidth,
    drawings: [...page.querySelectorAll('svg[role=img]')].map(
      s => [s.getBoundingClientRect().width, s.getBoundingClientRect().height]),
    loaded: frame.contentWindow.performance.getEntriesByType('resource').length,
    font: frame.contentWindow.getComputedStyle(page.body).fontFamily,
    title: page.title,
  };
}
Promise.all([look(390), look(1280)]).then(() => {
  const text = document.createElement('pre');
  text.id = 'found';
  text.textContent = JSON.stringify(found);
  document.body.replaceChildren(text);
});
</script>"""


@pytest.fixture(scope="module")
def measured(reported: Path, needs: Needs) -> dict[str, Any]:
    """What a browser says of the page, as wide as a phone and as a desk."""
    outer = reported.with_name("measure.html")
    outer.write_text(MEASURE.replace("PAGE", reported.as_uri()))
    command = [
        needs.command("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
        "--disable-web-security", "--allow-file-access-from-files",
        f"--user-data-dir={reported.parent / 'chromium'}",
        "--virtual-time-budget=10000", "--dump-dom", outer.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    match = re.search(r'<pre id="found">(.*)</pre>', done.stdout)
    assert match is not None, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(match[1])
    return found


def test_a_browser_shows_the_page_without_loading_anything(
    measured: dict[str, Any],
) -> None:
    for found in measured.values():
        assert found["title"] == "survey: failed"
        assert found["loaded"] == 0
        assert "sans-serif" in found["font"]  # the style sheet holds
        assert len(found["drawings"]) == 2
        assert all(width > 300 and height > 80 for width, height in found["drawings"])


def test_the_page_needs_no_sideways_scrolling_on_a_phone(
    measured: dict[str, Any],
) -> None:
    assert measured["390"]["wide"] <= 390
    assert measured["1280"]["wide"] <= 1280


def test_the_drawings_are_wellformed_svg(text: str) -> None:
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ET.fromstring(drawing)
