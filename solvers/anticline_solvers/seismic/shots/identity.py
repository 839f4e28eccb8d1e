"""What a shot's result comes from, so that it is used again and never wrongly.

    common   component, version, parameters but for the part, outputs asked for, every
             input but the survey's file, and what the survey says of all shots:
             wavelet, sampling
    own      the shot's source and receivers, and its traces where it has some

A result is of the case and the shot when both are the same. A survey that gains,
loses or changes shots leaves `common` as it is, and `own` of the other shots.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case
from anticline.component.fingerprint import fingerprint
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.shots.parts import PART, PARTS

_WITH_SHOTS = ("survey", "gathers")


def common(case: Case, survey: Survey) -> str:
    """Give 64 hexadecimal digits for what all shots share; hashes the inputs once."""
    asked = {"outputs": sorted(case.outputs), "survey": _all_shots(survey)}
    return fingerprint(
        case.component.name,
        case.component.version,
        _parameters(case) | asked,
        _inputs(case),
    )


def made_with(case: Case, survey: Survey) -> dict[str, Any]:
    """Say what images have in common that may be added: all but shots and outputs."""
    return {
        "component": f"{case.component.name} {case.component.version}",
        "inputs": _inputs(case),
        "wavelet and sampling": _all_shots(survey),
        "parameters": _parameters(case),
    }


def _inputs(case: Case) -> dict[str, str]:
    hashes = case.input_hashes()
    return {name: hashes[name] for name in hashes if name not in _WITH_SHOTS}


def _parameters(case: Case) -> dict[str, Any]:
    return {
        p.name: case.parameters[p.name]
        for p in case.component.parameters
        if p.identity and p.name not in (PART, PARTS)
    }


def own(shot: Shot, traces: NDArray[np.float32] | None = None) -> str:
    """Give 64 hexadecimal digits for a shot and its traces (n_receivers, n_samples)."""
    digest = hashlib.sha256(f"shot {shot.id}\n".encode())
    for positions in (shot.source_m, shot.receivers_m):
        digest.update(np.ascontiguousarray(positions, np.float64).tobytes())
    if traces is not None:
        digest.update(np.ascontiguousarray(traces, np.float32).data)
    return digest.hexdigest()


def together(digests: Iterable[str]) -> str:
    """Give 64 hexadecimal digits for several results, in their order."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _all_shots(survey: Survey) -> str:
    digest = hashlib.sha256(np.asarray(survey.wavelet, np.float64).tobytes())
    numbers = (
        survey.ndim,
        survey.wavelet_interval_s,
        survey.sample_interval_s,
        survey.n_samples,
        survey.peak_frequency_hz,
        survey.maximum_frequency_hz,
    )
    digest.update(repr([float(number) for number in numbers]).encode())
    return digest.hexdigest()
