"""What is wrong with a deck is told before the run, all of it, with its lines."""

from __future__ import annotations

import pytest

from anticline.errors import BadInput
from anticline_solvers.reservoir.deck.build import prepare
from decks import SOUND, findings, line_of, written

pytestmark = pytest.mark.usefixtures("parser")

WRONG = {
    "porosity": (("24*0.2 ", "23*0.2 -0.1 "), "PORO", "are not 0 to 1"),
    "permeability": (("24*10 /\nPROPS", "23*10 -5 /\nPROPS"), "PERMZ", "(3, 4, 2)"),
    "count": (("24*0.2 ", "20*0.2 "), "PORO", "20 values for 24 cells"),
    "swof": ((" 0.5 0.2 0.3 0.05", " 0.5 -0.2 0.3 0.05"), "SWOF", "row 2"),
    "sgof": ((" 0.3 0.2 0.2 0.02", " 0.9 0.2 0.2 0.02"), "SGOF", "gas saturation"),
    "pvto": (("     400 1.25", "     100 1.25"), "PVTO", "pressure of a branch"),
    "pvdg": ((" 200 0.005", " 200 0.05"), "PVDG", "the volume factor"),
    "outside": ((" P G 3 4 2005", " P G 3 5 2005"), "WELSPECS", "outside the grid"),
    "layer": ((" P 3 4 1 2 OPEN", " P 3 4 1 3 OPEN"), "COMPDAT", "outside the grid"),
    "unknown well": ((" P OPEN ORAT", " Q OPEN ORAT"), "WCONPROD", "no well Q"),
    "no target": (("ORAT 50 4*", "WRAT 50 4*"), "WCONPROD", "target is not stated"),
    "mode": (("ORAT 50", "GRUP 50"), "WCONPROD", "mode GRUP is not done"),
    "backwards": ((" 1 MAR 2020", " 1 JAN 2020"), "DATES", "time goes forward"),
    "stone": (("SOLUTION", "STONE1\nSTONE2\nSOLUTION"), "STONE2", "contradict"),
    "both starts": (
        ("SUMMARY", "PRESSURE\n 24*200 /\nSUMMARY"),
        "EQUIL",
        "contradicts PRESSURE",
    ),
    "fault": (
        ("PROPS", "MULTFLT\n F1 0.5 /\n/\nPROPS"),
        "MULTFLT",
        "no fault F1",
    ),
    "undone": (("PROPS", "PINCH\n/\nPROPS"), "PINCH", "does not do this"),
    "in time": (("TSTEP", "WECON\n P 10 /\n/\nTSTEP"), "WECON", "does not do this"),
}


TOGETHER = [
    ("porosity", "permeability", "swof", "sgof", "pvto", "pvdg", "stone"),
    ("both starts", "undone"),
    ("count", "fault"),
    ("layer", "no target", "backwards", "in time"),
    ("outside",),
    ("mode",),
    ("unknown well",),
]
"""Faults that one deck can have without hiding one another."""


def test_every_fault_is_in_one_of_the_decks():
    assert sorted(name for names in TOGETHER for name in names) == sorted(WRONG)


@pytest.mark.parametrize("names", TOGETHER, ids=", ".join)
def test_faults_are_told_with_their_keywords_and_lines(tmp_path, names):
    changes = [WRONG[name][0] for name in names]
    found = findings(tmp_path, *changes)
    path = written(tmp_path, *changes)
    for name in names:
        _, keyword, words = WRONG[name]
        line = line_of(path.read_text(), keyword)
        assert any(
            (one.file, one.line) == (str(path), line)
            and one.text.startswith(f"{keyword}: ")
            and words in one.text
            for one in found
        ), name


def test_all_faults_are_told_at_once(tmp_path):
    names = ("porosity", "swof", "pvdg", "undone", "stone")
    found = findings(tmp_path, *(WRONG[name][0] for name in names))
    told = " ".join(one.text.partition(":")[0] for one in found)
    assert set(told.split()) == {"PORO", "SWOF", "PVDG", "PINCH", "STONE2"}


def test_a_well_in_an_inactive_cell_is_refused(tmp_path):
    found = findings(tmp_path, ("PROPS", "ACTNUM\n 23*1 0 /\nPROPS"))
    assert "cell (3, 4, 2) is inactive" in found[0].text


def test_a_well_cannot_produce_and_inject_at_once(tmp_path):
    found = findings(tmp_path, (" I WATER OPEN", " P WATER OPEN"))
    assert "under WCONPROD at the same time" in found[0].text


def test_every_missing_include_is_named(tmp_path):
    changes = [
        ("PORO\n", "INCLUDE\n 'a.inc' /\nPORO\n"),
        ("PROPS", "INCLUDE\nb.inc /\nPROPS"),
    ]
    found = findings(tmp_path, *changes)
    assert [one.text.split("file ")[1].split(";")[0] for one in found] == [
        str(tmp_path / "a.inc"),
        str(tmp_path / "b.inc"),
    ]


def test_files_that_include_one_another_are_refused(tmp_path):
    (tmp_path / "a.inc").write_text("INCLUDE\n a.inc /\n")
    found = findings(tmp_path, ("PROPS", "INCLUDE\n a.inc /\nPROPS"))
    assert "again and again" in found[0].text


def test_a_truncated_deck_is_refused_with_a_line(tmp_path):
    path = tmp_path / "CUT.DATA"
    path.write_text(SOUND[: SOUND.index("SGOF") + 20])
    with pytest.raises(BadInput) as caught:
        prepare(path)
    assert caught.value.findings[0].line == line_of(SOUND, "SGOF")


def test_an_unknown_word_is_refused_with_its_line(tmp_path):
    found = findings(tmp_path, ("PORO\n", "POROSE\n"))
    assert found[0].line == line_of(SOUND, "PORO")
    assert "POROSE" in found[0].text


def test_repeat_counts_beyond_memory_are_refused(tmp_path):
    found = findings(tmp_path, ("24*0.2 ", "99999999999*0.2 "))
    assert found


def test_keywords_about_output_change_nothing_and_are_named(tmp_path):
    made = prepare(written(tmp_path, ("PROPS", "GRIDFILE\n 0 1 /\nPROPS")))
    assert any("GRIDFILE" in note for note in made.notes)


def test_nothing_is_passed_over_in_silence(tmp_path):
    changes = [
        ("RUNSPEC\nTITLE", "NTG\n 24*1 /\nRUNSPEC\nTITLE"),
        (" 1 JAN 2020 /", " 1 JAN 2020 12:00:00 /"),
        ("ROCK\n", "ROCK\n 200 5E-5 /\nROCK\n"),
        ("SUMMARY\n", "RSVD\n 2000 50 2100 60 /\nEQUALS\n PORO 0.3 /\n/\nSUMMARY\n"),
        ("2005 OIL /", "2005 OIL 6* 3 /"),
        ("ORAT 50 4* 100 /", "ORAT 50 4* 100 2* 5 /"),
        (" 2*10 /", " 2*10 /\nMULTX\n 24*0.5 /"),
    ]
    told = {one.text.partition(":")[0]: one for one in findings(tmp_path, *changes)}
    words = {
        "NTG": "stands in no section; it belongs to GRID",
        "START": "item TIME is not done",
        "ROCK": "is in line",
        "RSVD": "item 7 asks for none",
        "EQUALS": "PORO is changed in SOLUTION",
        "WELSPECS": "item FIP_REGION is not done",
        "WCONPROD": "item ALQ is not done",
        "MULTX": "stands in SCHEDULE; it belongs to GRID or EDIT",
    }
    assert set(told) == set(words)
    for name, part in words.items():
        assert part in told[name].text
        assert told[name].line is not None


def test_tables_of_phases_that_are_not_there_are_refused(tmp_path):
    changes = [
        ("DISGAS\n", ""),
        (
            SOUND[SOUND.index("PVTO") : SOUND.index("PVDG")],
            "PVDO\n 50 1.1 1 400 1 2 /\n",
        ),
        ("SUMMARY\n", "RSVD\n 2000 50 2100 60 /\nSUMMARY\n"),
        ("TSTEP", "DRSDT\n 0 /\nTSTEP"),
    ]
    told = " ".join(one.text for one in findings(tmp_path, *changes))
    assert "RSVD: DISGAS is not in the deck" in told
    assert "DRSDT: DISGAS is not in the deck" in told


def test_curves_that_are_not_made_are_named(tmp_path):
    changes = [
        ("FOPR\n", "FOPR\nFVPR\n"),
        (" 1 1 1 /\n/", " 1 1 9 /\n 2 1 1 /\n/"),
        ("WBHP\n/\n", "WBHP\n P Q /\n"),
    ]
    made = prepare(written(tmp_path, *changes))
    told = " ".join(made.notes)
    for words in (
        "FVPR: this curve",
        "BPR: cell (1, 1, 9)",
        "WBHP: there is no well Q",
    ):
        assert words in told
    kept = {(one.keyword, one.well, one.cell) for one in made.description.summary}
    assert {("BPR", "", (1, 0, 0)), ("WBHP", "P", None)} <= kept
