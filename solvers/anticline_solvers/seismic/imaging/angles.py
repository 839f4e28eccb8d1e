"""From half-offset to reflection angle: a slant stack of an image gather.

A reflection that leaves the vertical of a flat reflector at angle gamma lies in the
gather of one shot on the slope

    dz / dh = tan gamma        (source at x - h; positive where it stands at smaller x)

so the sum along z = z0 + h tan gamma gathers it at (gamma, z0). What is focused at
h = 0 becomes flat over angle. On a dipping reflector the same slope is met, gamma
then counts from the reflector's normal divided by the cosine of its dip.

Sources: Sava and Fomel (2003), doi:10.1190/1.1581078; Rickett and Sava (2002),
doi:10.1190/1.1484531.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.seismic.acquisition.mute import rise

Field = NDArray[np.float32]
Values = NDArray[np.float64]

TAPER_SHARE = 0.25


def angle_gather(
    gather: Field, half_offsets_m: Values, depth_step_m: float, angles_deg: Values
) -> Field:
    """Slant-stack one gather (half-offsets, nz) into (angles, nz), float32.

    angles_deg : below 90 in size. Depths beyond the gather count as zero; the outer
        quarter of the half-offsets on either side fades out.
    """
    reach = float(np.abs(half_offsets_m).max()) or 1.0
    weights = rise(reach - np.abs(half_offsets_m), TAPER_SHARE * reach)
    weights[half_offsets_m == 0.0] = 1.0
    weighted = gather * weights[:, None]
    depths = depth_step_m * np.arange(gather.shape[1])
    out = np.zeros((len(angles_deg), gather.shape[1]), np.float32)
    for trace, angle in zip(out, angles_deg, strict=True):
        slope = np.tan(np.deg2rad(angle))
        for h, column in zip(half_offsets_m, weighted, strict=True):
            moved = depths + h * slope
            trace += np.interp(moved, depths, column, left=0.0, right=0.0)
    return out
