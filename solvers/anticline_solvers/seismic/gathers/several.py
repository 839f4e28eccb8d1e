"""Gathers of parts of a survey, read as those of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.gathers import GatherReader, Traces
from anticline_solvers.formats.survey import Shot, Survey


class SeveralGathers:
    """Open files of gathers with one sampling and one wavelet; a context manager.

    survey : of all their shots, by their numbers.

    Raises BadInput where a file is none, differs from the first in sampling or wavelet,
    or repeats a shot.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._open = ExitStack()
        try:
            readers = [self._open.enter_context(GatherReader(p)) for p in paths]
            if findings := _differences(readers):
                raise BadInput(findings)
        except BadInput:
            self.close()
            raise
        self._readers = {k: reader for reader in readers for k in reader.shot_ids}
        self.survey = replace(readers[0].survey, shots=_shots(readers))

    def path(self, shot_id: int) -> Path:
        """File that holds a shot."""
        return self._readers[shot_id].path

    def read(self, shot_id: int) -> Traces:
        """Traces of a shot, float32 (n_receivers, n_samples) [Pa]."""
        return self._readers[shot_id].read(shot_id)

    def close(self) -> None:
        """Let the files go."""
        self._open.close()

    def __enter__(self) -> SeveralGathers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _shots(readers: Sequence[GatherReader]) -> tuple[Shot, ...]:
    shots = [shot for reader in readers for shot in reader.survey.shots]
    return tuple(sorted(shots, key=lambda shot: shot.id))


def _differences(readers: Sequence[GatherReader]) -> list[Finding]:
    """Find files that do not go together with the first, and shots told twice."""
    first, findings = readers[0], []
    seen: dict[int, Path] = {}
    for reader in readers:
        texts = [] if reader is first else _unlike(first.survey, reader.survey)
        for shot_id in reader.shot_ids:
            if shot_id in seen:
                texts.append(f"shot {shot_id} is in {seen[shot_id]} too; take one")
            seen[shot_id] = reader.path
        findings += [Finding(str(reader.path), None, text) for text in texts]
    return findings


def _unlike(one: Survey, other: Survey) -> list[str]:
    texts = []
    samplings = [(s.n_samples, s.sample_interval_s) for s in (one, other)]
    if samplings[0] != samplings[1]:
        found, needed = (f"{n} samples of {dt:g} s" for n, dt in reversed(samplings))
        texts.append(f"has {found}, the first file {needed}; name files of one survey")
    if one.wavelet_interval_s != other.wavelet_interval_s or not np.array_equal(
        one.wavelet, other.wavelet
    ):
        texts.append("has another wavelet than the first; name files of one survey")
    return texts
