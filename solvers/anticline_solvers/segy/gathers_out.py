"""Component segy.export_gathers: gathers as a SEG-Y file in shot order.

Positions go to the map by the survey's frame and are written with the finest scalar
that fits, depths below the datum as elevations and source depths. The midpoint of each
trace stands in CDP_X and CDP_Y; where a model is given, the cell of its grid that the
midpoint falls into: number, inline, crossline and the cell's own position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import GatherReader
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.model import read_frame, read_grid
from anticline_solvers.formats.segy.writer import NewFile, write_segy
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.segy import output
from anticline_solvers.segy.columns import Bins
from anticline_solvers.seismic import checks

MICRO = 1e-6

Headers = Mapping[str, NDArray[np.integer]]


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the gathers from being written."""
    if output.is_finished(case.outputs["segy"], case.fingerprint()):
        return []
    found: list[Finding] = []
    survey = checks.attempt(lambda: _survey(case), found)
    if survey is None:
        return found
    try:
        _Headers.of(case, survey)
    except BadInput as error:
        found += error.findings
    except ValueError as error:
        found.append(case.finding("inputs.gathers", str(error)))
    return found + output.output_faults(case, _new(case, survey))


def _survey(case: Case) -> Survey:
    with GatherReader(case.inputs["gathers"]) as reader:
        return reader.survey


def _new(case: Case, survey: Survey, lines: tuple[str, ...] = ()) -> NewFile:
    n_traces = sum(len(shot.receivers_m) for shot in survey.shots)
    interval = survey.sample_interval_s / MICRO
    return output.new_file(case, survey.n_samples, n_traces, interval, lines)


def run(case: Case, context: RunContext) -> None:
    """Write the file, from rank 0."""
    path = case.outputs["segy"]
    if context.comm.rank == 0 and not output.is_finished(path, context.fingerprint):
        _write(case, context)
    context.comm.Barrier()


def _write(case: Case, context: RunContext) -> None:
    with GatherReader(case.inputs["gathers"]) as reader:
        survey = reader.survey
        lines = output.lines_of(
            context,
            f"{len(survey.shots)} SHOTS, PRESSURE IN PASCAL",
            "FIELD RECORD IN BYTE 9, ELEVATIONS AND DEPTHS IN 41 TO 52, SCALAR IN 69",
        )
        new, headers = _new(case, survey, lines), _Headers.of(case, survey)
        count = context.progress("shots", len(survey.shots))
        with write_segy(case.outputs["segy"], new) as writer:
            for shot in survey.shots:
                writer.put(headers.of_shot(shot), reader.read(shot.id))
                count.advance()
        count.close()
    context.log(
        f"{case.outputs['segy']}: {new.n_traces:,} traces of {new.n_samples} samples, "
        f"coordinates to {1 / headers.scale:g} m"
    )


@dataclass(frozen=True, eq=False)
class _Headers:
    """What the trace headers of all shots share.

    scale, depth_scale : stored integers a metre. bins : None without a model.
    """

    frame: Frame
    datum_m: float
    scale: int
    depth_scale: int
    bins: Bins | None

    @classmethod
    def of(cls, case: Case, survey: Survey) -> _Headers:
        """Choose the scales; ValueError where a position does not fit."""
        frame, datum_m = survey.frame, case.parameters["datum_m"]
        ends = [s.source_m[None, :] for s in survey.shots]
        spreads = {id(s.receivers_m): s.receivers_m for s in survey.shots}
        places = [*ends, *spreads.values()]
        bins = None
        if "model" in case.inputs:
            bins = _bins(case, survey)
            places.append(bins.corners())
        on_map = [frame.to_map(place) for place in places]
        heights = [datum_m - place[:, -1:] for place in places]
        return cls(
            frame,
            datum_m,
            output.scale_for(*on_map),
            output.scale_for(*heights, np.array([[datum_m]])),
            bins,
        )

    def of_shot(self, shot: Shot) -> Headers:
        """Make the headers of a shot's traces, integers (n_receivers,) each."""
        n = len(shot.receivers_m)
        sources = np.broadcast_to(shot.source_m, (n, shot.source_m.size))
        middle = 0.5 * (sources + shot.receivers_m)
        offset = np.linalg.norm((shot.receivers_m - sources)[:, :-1], axis=1)
        return {
            **self._constants(shot, n),
            "channel": np.arange(1, n + 1),
            "offset": np.rint(offset).astype(np.int64),
            "receiver_elevation": output.whole(
                self.datum_m - shot.receivers_m[:, -1], self.depth_scale
            ),
            "source_depth": output.whole(sources[:, -1], self.depth_scale),
            **self._pair("source", sources),
            **self._pair("receiver", shot.receivers_m),
            **self._bin_of(middle),
        }

    def _constants(self, shot: Shot, n: int) -> dict[str, NDArray[np.int64]]:
        datum = int(output.whole(np.array([self.datum_m]), self.depth_scale)[0])
        values = {
            "field_record": shot.id,
            "source_point": shot.id,
            "trace_code": 1,
            "source_elevation": datum,
            "elevation_scalar": output.scalar(self.depth_scale),
            "coordinate_scalar": output.scalar(self.scale),
            "coordinate_units": 1,
        }
        return {name: np.full(n, value, np.int64) for name, value in values.items()}

    def _pair(self, name: str, positions_m: NDArray[np.float64]) -> dict[str, Any]:
        on_map = output.whole(self.frame.to_map(positions_m), self.scale)
        return {f"{name}_x": on_map[:, 0], f"{name}_y": on_map[:, 1]}

    def _bin_of(self, middle_m: NDArray[np.float64]) -> dict[str, Any]:
        if self.bins is None:
            return self._pair("cdp", middle_m)
        return {
            **self.bins.numbers(middle_m),
            **self._pair("cdp", self.bins.centres(middle_m)),
        }


def _bins(case: Case, survey: Survey) -> Bins:
    """Take the model's columns as bins; BadInput where its frame is another."""
    path = case.inputs["model"]
    grid: Grid = read_grid(path)
    frame = read_frame(path)
    if frame != survey.frame or grid.ndim != survey.ndim:
        text = (
            f"the model has {grid.ndim} axes at {frame}, the gathers {survey.ndim} at "
            f"{survey.frame}; bins need the same"
        )
        raise BadInput([case.finding("inputs.model", text)])
    return Bins(grid)
