"""One migrated shot with one way of keeping the source wavefield; started by `storage`.

    python storage_shot.py FOLDER NDIM POLICY TOLERANCE SHARE QUICK

SHARE of the memory that all snapshots take is the budget. Prints one line of JSON;
the image goes to FOLDER/NDIM-POLICY-TOLERANCE-SHARE.npy.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import checkpoint_schedules  # noqa: F401, loading it takes seconds
import numpy as np

from mpi4py import MPI

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.stability import choose_time_step
from anticline_solvers.numerics.storage import COMPRESSED, DISK, working_bytes
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.imaging.conditions import Imaging, steps_per_image
from anticline_solvers.seismic.imaging.correlation import Correlation
from anticline_solvers.seismic.imaging.keeping import Keeping, codec_tolerance
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)

SPACING_M, ORDER, PEAK_HZ, TOP_HZ = 10.0, 8, 10.0, 27.0
SHAPES = {2: (1000, 350), 3: (128, 128, 128)}
DURATION_S = {2: 3.0, 3: 2.0}
SMALL = {2: (64, 48), 3: (40, 36, 32)}
QUICK_S = {2: 0.6, 3: 1.2}
SCATTERERS, RECEIVERS = 40, 200
CONDITION = "inverse_scattering"


class Shot:
    """A source over a graded medium, and what scatterers in it send back.

    The medium is 1500 m/s at the top and 1.2 m/s faster with each metre.
    """

    def __init__(self, shape: tuple[int, ...], duration_s: float) -> None:
        self.grid = Grid(shape, (SPACING_M,) * len(shape), (0.0,) * len(shape))
        depth = np.arange(shape[-1]) * SPACING_M
        velocity = np.broadcast_to(1500.0 + 1.2 * depth, shape).astype(np.float32)
        self.dt_s = choose_time_step(float(velocity.max()), self.grid.spacing_m, ORDER)
        self.every = steps_per_image(0.5 / TOP_HZ, self.dt_s)
        self.steps = int(duration_s / self.dt_s) + 1
        self.waves = AcousticPropagator(
            self.grid, velocity, self.dt_s, space_order=ORDER, boundary=Boundary()
        )
        extent = SPACING_M * np.array(shape)
        self.source_m = np.array([[*0.51 * extent[:-1], 22.0]])
        draw = np.random.default_rng(3)
        self.receivers_m = draw.uniform(0.02, 0.98, (RECEIVERS, len(shape))) * extent
        self.receivers_m[:, -1] = 30.0
        self.scatterers_m = draw.uniform(0.1, 0.9, (SCATTERERS, len(shape))) * extent

    def series(self) -> tuple[Series, Series]:
        """Wavelet and data: a wavelet for each scatterer and receiver, delayed."""
        pulse = ricker(PEAK_HZ, self.dt_s)
        wavelet = np.zeros((self.steps, 1), np.float32)
        wavelet[: pulse.size, 0] = pulse[: self.steps]
        data = np.zeros((self.steps, RECEIVERS), np.float32)
        for place in self.scatterers_m:
            down = np.linalg.norm(place - self.source_m[0])
            up = np.linalg.norm(place - self.receivers_m, axis=1)
            speed = 1500.0 + 0.6 * place[-1]
            for trace, n in enumerate(((down + up) / speed / self.dt_s).astype(int)):
                part = pulse[: max(0, self.steps - n)]
                data[n : n + part.size, trace] += part
        points = self.waves.points
        return (
            Series(points(self.source_m, density=True), wavelet),
            Series(points(self.receivers_m, density=True), data),
        )

    def migrate(self, policy: str, tolerance: float, share: float) -> dict[str, Any]:
        """Migrate; the image, the seconds, and what was held."""
        imaging = Imaging(CONDITION, self.grid.shape, self.grid.spacing_m, ORDER)
        wavelet, data = self.series()
        extent, n_imaging = imaging.extent, -(-self.steps // self.every)
        source = SourceField(self.waves, wavelet, self.every, extent, lambda n, s: None)
        receiver = ReceiverField(self.waves, data, lambda n, s: None)
        work = Correlation(imaging, source, receiver, self.every, n_imaging)
        snapshot = self.waves.view(self.waves.start(), extent.halo).nbytes
        wishes = {
            "storage": policy,
            "storage_tolerance": tolerance,
            "storage_folder": None,
            "condition": CONDITION,
        }
        finest, budget = codec_tolerance(wishes), share * snapshot * n_imaging
        keeping = Keeping.of(wishes, Path.cwd(), finest, budget)
        told: dict[str, Any] = {"held": 0}

        def make(n: int, run: Any) -> Any:
            choice, sizes = keeping.choose(self.waves, extent, self.every, n)
            told["chosen"] = choice.policy
            working = choice.policy in (COMPRESSED, DISK)
            return Watched(
                keeping.sweep(choice, sizes, run, MPI.COMM_SELF),
                working_bytes(snapshot) if working else 0,
                told,
            )

        begin = time.perf_counter()
        work.run(make)
        told |= {"seconds": time.perf_counter() - begin, "image": imaging.image}
        return told | {"whole": snapshot * n_imaging, "every": self.every}


class Watched:
    """A sweep whose largest memory is noted."""

    def __init__(self, sweep: Any, working: int, told: dict[str, Any]) -> None:
        self._sweep, self._working, self._told = sweep, working, told

    def run(self, use: Any) -> None:
        """Run it, and look whenever a snapshot is used."""

        def looking(k: int, snapshot: Any) -> None:
            held = self._sweep.held_bytes + self._working
            self._told["held"] = max(self._told["held"], held)
            use(k, snapshot)

        self._sweep.run(looking)

    def close(self) -> None:
        """Give memory and files back."""
        self._sweep.close()


def peak_bytes() -> int:
    """Largest memory of this process so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(found) * 1024


def main() -> None:
    """Compile on a small shot, then migrate the one that counts."""
    folder, ndim, policy, tolerance, share, quick = sys.argv[1:]
    shape, duration_s = SHAPES[int(ndim)], DURATION_S[int(ndim)]
    if quick == "quick":
        shape, duration_s = SMALL[int(ndim)], QUICK_S[int(ndim)]
    for warm in (policy, COMPRESSED):  # what auto takes, too
        Shot(SMALL[int(ndim)], 0.3).migrate(warm, float(tolerance) or 1e-3, 9.0)
    shot = Shot(shape, duration_s)
    before = peak_bytes()
    told = shot.migrate(policy, float(tolerance), float(share))
    name = f"{ndim}-{policy}-{tolerance}-{share}.npy"
    np.save(Path(folder) / name, told.pop("image"))
    told |= {"peak_rss": peak_bytes(), "peak_rss_before": before}
    told |= {"shape": shape, "steps": shot.steps}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
