"""Deepwave's gradient of a shot, by its compiled loops on cores.

    python gradient_deepwave.py SHOT.npz OUT.npz EVERY

Its equation is laplace p - (1/v^2) p_tt = f, with f one cell's value: the amplitudes
are those of a point source with the sign changed, over the cell's area. Receivers are
read before a step and the source acts after it, as in `seismic.timeloop`: no shift.
"""

from __future__ import annotations

import os
from typing import Any

import deepwave
import numpy as np
import torch
from gradient_contest import compete
from gradient_problem import ShotProblem

STABLE = 0.75
"""Courant number that it may take; the shot's own is below, so dt stays whole."""


class Deepwave:
    """The contestant of `compete`."""

    version = str(deepwave.__version__)

    def _traces(self, shot: ShotProblem, velocity: Any, every: int) -> Any:
        amplitudes = torch.from_numpy(-shot.wavelet / shot.spacing_m**2)
        traces = deepwave.scalar(
            velocity,
            shot.spacing_m,
            shot.dt_s,
            source_amplitudes=amplitudes[None, None],
            source_locations=torch.from_numpy(shot.source)[None],
            receiver_locations=torch.from_numpy(shot.receivers)[None],
            accuracy=shot.order,
            pml_width=shot.layer,
            pml_freq=shot.peak_hz,
            max_vel=shot.fastest_m_s,
            courant_number=STABLE,
            model_gradient_sampling_interval=every,
        )[-1]
        return traces[0]

    def forward(self, shot: ShotProblem) -> np.ndarray:
        """Model the traces."""
        with torch.no_grad():
            traces: np.ndarray = self._traces(
                shot, torch.from_numpy(shot.velocity), 1
            ).numpy()
        return traces

    def gradient(
        self, shot: ShotProblem, every: int
    ) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
        """Model, compare, and go back by its own adjoint."""
        velocity = torch.from_numpy(shot.velocity.copy()).requires_grad_()
        traces = self._traces(shot, velocity, every)
        residual = traces - torch.from_numpy(shot.observed)
        (0.5 * residual.square().sum()).backward()
        return traces.detach().numpy(), velocity.grad.numpy(), {"chosen": "memory"}


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    compete(Deepwave(), [Deepwave()])
