"""Errors carry all findings and the exit code of their kind."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from anticline.errors import (
    AnticlineError,
    BadInput,
    CaseError,
    ExitCode,
    Failed,
    Finding,
    Interrupted,
    OutputExists,
)
from anticline.execution.node.failure import claim_report, exit_code, message


def test_a_finding_reads_as_file_line_and_text() -> None:
    assert str(Finding("a.yaml", 14, "wrong")) == "a.yaml:14  wrong"
    assert str(Finding("a.h5", None, "wrong")) == "a.h5  wrong"
    assert str(Finding(None, None, "wrong")) == "wrong"


def test_bad_input_shows_a_line_per_finding_and_survives_pickling() -> None:
    error = BadInput([Finding("a.yaml", 1, "one"), "two"])
    assert str(error) == "a.yaml:1  one\ntwo"
    assert pickle.loads(pickle.dumps(error)).findings == error.findings
    assert str(BadInput("three")) == "three"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AnticlineError("x"), 70),
        (BadInput("x"), 65),
        (CaseError("x"), 65),
        (OutputExists.at(Path("image.h5")), 65),
        (Failed("x"), 70),
        (Interrupted("x"), 75),
        (ValueError("x"), 70),
        (SystemExit(3), 70),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_error_ends_a_run_with_its_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_the_codes_are_those_of_sysexits() -> None:
    import os

    assert ExitCode.BAD_INPUT == os.EX_DATAERR
    assert ExitCode.FAILED == os.EX_SOFTWARE
    assert ExitCode.INTERRUPTED == os.EX_TEMPFAIL


def test_one_rank_speaks_and_a_read_only_folder_silences_nobody(tmp_path: Path) -> None:
    path = tmp_path / "failed-1.txt"
    error = ValueError("x")
    assert claim_report(path, error, "rank 0") == (True, True)
    assert claim_report(path, error, "rank 1") == (False, True)
    assert claim_report(path / "x.txt", error, "rank 0") == (True, False)


def test_a_message_names_place_error_and_line() -> None:
    try:
        int("salt")
    except ValueError as error:
        text = message(error, "rank 1 of 2", Path("report.txt"))
    first, second, third = text.splitlines()
    assert first.startswith("rank 1 of 2: ValueError: invalid literal")
    assert second.startswith(f"  at {__file__}:")
    assert third == "  traceback: report.txt"


def test_an_error_raised_on_purpose_is_its_text_alone() -> None:
    try:
        msg = "shot 3 is not finite at step 12"
        raise Failed(msg)
    except Failed as error:
        text = message(error, "rank 1 of 2", Path("report.txt"))
    assert text.splitlines() == [f"rank 1 of 2: {msg}", "  traceback: report.txt"]
