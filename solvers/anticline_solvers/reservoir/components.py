"""What the reservoir folder offers to a workflow: from a deck to curves and states.

prepare:  {component: reservoir.prepare, inputs: {deck: SPE1.DATA}}
simulate: {component: reservoir.simulate, inputs: {model: prepare.model}}
compare:
component: reservoir.compare
inputs: {curves: simulate.curves, table: reference.csv}
"""

from __future__ import annotations

from anticline.component import (
    Component,
    CurveTable,
    EclipseDeck,
    EclipseRestart,
    EclipseResults,
    Input,
    Output,
    Parameter,
    Picture,
    Report,
    Reservoir,
    ReservoirCurves,
    ReservoirStates,
    Resources,
    Viewer,
)

_RESERVOIR = "anticline_solvers.reservoir"
_DIGEST = f"{_RESERVOIR}.deck.contents:digest"
_FINISHED = "anticline_solvers.formats.report:finished"
LONGEST_S = 1e11


def _share(name: str, summary: str, default: float) -> Parameter:
    return Parameter(name, "float", summary, default, minimum=0, maximum=1)


def _time(name: str, summary: str, default: float | None) -> Parameter:
    return Parameter(
        name, "float", summary, default, unit="s", minimum=1e-3, maximum=LONGEST_S
    )


PREPARE = Component(
    name="reservoir.prepare",
    summary="read an Eclipse deck; refuse by name and line what is not done",
    inputs=(Input("deck", EclipseDeck, "the deck; its included files beside it"),),
    outputs=(Output("model", Reservoir, "all that the simulator is told"),),
    parameters=(),
    run=f"{_RESERVOIR}.preparing:run",
    check=f"{_RESERVOIR}.preparing:check",
    finished=_FINISHED,
    digest=_DIGEST,
    resources=Resources(ranks=(1, 1), bytes_per_cell=2500, threads=False),
    architectures=("x86_64",),
)

PERTURB = Component(
    name="reservoir.perturb",
    summary="multiply permeability by a log-normal field: a member of an ensemble",
    inputs=(Input("model", Reservoir, "the median"),),
    outputs=(Output("model", Reservoir, "the member"),),
    parameters=(
        Parameter("member", "int", "which one of the ensemble", 0, minimum=0),
        Parameter("seed", "int", "of the ensemble", 1, minimum=0),
        Parameter(
            "deviation",
            "float",
            "standard deviation of ln k",
            0.5,
            minimum=0,
            maximum=5,
        ),
        Parameter(
            "range_cells",
            "list[float]",
            "correlation lengths along i, j and k, in cells",
            default=(5.0, 5.0, 1.0),
            minimum=1e-3,
            maximum=1e6,
        ),
    ),
    run=f"{_RESERVOIR}.perturbing:run",
    check=f"{_RESERVOIR}.perturbing:check",
    finished=_FINISHED,
    digest=_DIGEST,
    resources=Resources(ranks=(1, 1), bytes_per_cell=1500, threads=False),
)

SIMULATE = Component(
    name="reservoir.simulate",
    summary="three phases, fully implicit: production curves and states of a reservoir",
    inputs=(
        Input("model", Reservoir, "the reservoir and its schedule"),
        Input("start", ReservoirStates, "states to go on from", optional=True),
    ),
    outputs=(
        Output("curves", ReservoirCurves, "rates, totals, pressures at report times"),
        Output("states", ReservoirStates, "cells at report steps", optional=True),
        Output("report", Report, "time steps, iterations, seconds", optional=True),
    ),
    parameters=(
        Parameter(
            "setting",
            "str",
            "field: as in practice; proof: solved to rounding, fixed time steps",
            default="field",
            choices=("field", "proof"),
        ),
        Parameter(
            "preconditioner",
            "str",
            "of the linear systems; auto: ilu, and cpr where that wearies",
            default=None,
            choices=("auto", "ilu", "cpr"),
        ),
        _time("first_step_s", "length of the first time step", None),
        _time("longest_step_s", "of a time step; with proof, their length", None),
        Parameter(
            "petsc_options",
            "list[str]",
            "further options of PETSc, each name=value",
            default=(),
        ),
        Parameter(
            "states_every",
            "int",
            "a state after so many report steps, and after the last",
            default=1,
            minimum=1,
        ),
        Parameter(
            "start_report",
            "int",
            "report step of the start; left out, its last",
            default=None,
            minimum=0,
        ),
        Parameter(
            "keep_every_s",
            "float",
            "what a stopped run goes on from is kept so often",
            default=60.0,
            unit="s",
            minimum=0,
            maximum=LONGEST_S,
            identity=False,
        ),
    ),
    run=f"{_RESERVOIR}.running:run",
    check=f"{_RESERVOIR}.running:check",
    finished=_FINISHED,
    digest=_DIGEST,
    resources=Resources(bytes_per_cell=6000, threads=False),
)

EXPORT = Component(
    name="reservoir.export",
    summary="write result files that ResInsight, resdata and opm read",
    inputs=(
        Input("model", Reservoir, "the reservoir"),
        Input("curves", ReservoirCurves, "of its run"),
        Input("states", ReservoirStates, "of its run", optional=True),
    ),
    outputs=(
        Output(
            "results",
            EclipseResults,
            "UNSMRY; SMSPEC, EGRID, INIT and UNRST beside it under the same name",
        ),
    ),
    parameters=(),
    run=f"{_RESERVOIR}.exporting:run",
    check=f"{_RESERVOIR}.exporting:check",
    finished=f"{_RESERVOIR}.exporting:finished",
    digest=_DIGEST,
    resources=Resources(ranks=(1, 1), bytes_per_cell=2500, threads=False),
)

RESTORE = Component(
    name="reservoir.restore",
    summary="read a report step of a restart file (UNRST) as a state to start from",
    inputs=(
        Input("model", Reservoir, "the reservoir"),
        Input("restart", EclipseRestart, "of a run of it, by any simulator"),
    ),
    outputs=(Output("states", ReservoirStates, "one state"),),
    parameters=(
        Parameter(
            "report", "int", "report step; left out, the last", default=None, minimum=0
        ),
    ),
    run=f"{_RESERVOIR}.restoring:run",
    check=f"{_RESERVOIR}.restoring:check",
    finished=_FINISHED,
    digest=_DIGEST,
    resources=Resources(ranks=(1, 1), bytes_per_cell=2500, threads=False),
)

COMPARE = Component(
    name="reservoir.compare",
    summary="how far a run's curves are from a reference, with tolerances",
    inputs=(
        Input("curves", ReservoirCurves, "of the run"),
        Input("reference", ReservoirCurves, "curves of another run", optional=True),
        Input("table", CurveTable, "curves as a table", optional=True),
        Input("results", EclipseResults, "curves of a simulator", optional=True),
    ),
    outputs=(
        Output("report", Report, "rms and worst of each curve, whether all agree"),
        Output("picture", Picture, "curves over one another", optional=True),
    ),
    parameters=(
        Parameter(
            "vectors",
            "list[str]",
            "curves or keywords (WBHP: of all wells); left out, all that both have",
            default=None,
        ),
        _share("rms", "tolerance of the rms, of a curve's maximum", 0.01),
        _share("worst", "tolerance of any report time", 0.05),
        _share("negligible", "share of the largest curve that counts as none", 1e-3),
    ),
    run=f"{_RESERVOIR}.comparing:run",
    check=f"{_RESERVOIR}.comparing:check",
    finished=_FINISHED,
    digest=_DIGEST,
    resources=Resources(ranks=(1, 1), threads=False),
)

FAN = Component(
    name="reservoir.fan",
    summary="percentiles of an ensemble's curves, and their fan chart",
    inputs=(Input("curves", ReservoirCurves, "of all members", many=True),),
    outputs=(
        Output("report", Report, "percentiles of each curve"),
        Output("picture", Picture, "the fan chart", optional=True),
    ),
    parameters=(
        Parameter("vectors", "list[str]", "curves", default=("FOPR", "FOPT", "FPR")),
    ),
    run=f"{_RESERVOIR}.fan:run",
    check=f"{_RESERVOIR}.fan:check",
    finished=_FINISHED,
    digest=_DIGEST,
    resources=Resources(ranks=(1, 1), threads=False),
)

COMPONENTS = (PREPARE, PERTURB, SIMULATE, EXPORT, RESTORE, COMPARE, FAN)

VIEWERS = (
    Viewer(
        name="reservoir-curves",
        format="anticline-curves/1",
        recognise="anticline_solvers.formats.hdf5:format_of",
        draw=f"{_RESERVOIR}.pictures:draw_curves",
        summary="rates and pressures against time; vectors",
    ),
    Viewer(
        name="reservoir-states",
        format="anticline-reservoir-states/1",
        recognise="anticline_solvers.formats.hdf5:format_of",
        draw=f"{_RESERVOIR}.pictures:draw_states",
        summary="pressure, saturations of a layer and a section; report layer colours",
    ),
)
