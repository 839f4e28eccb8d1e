"""Parameters that several components of this folder declare alike."""

from __future__ import annotations

from anticline.component import Parameter


def length(
    name: str, summary: str, default: float | None = None, least: float | None = None
) -> Parameter:
    """Declare a length in metres."""
    return Parameter(name, "float", summary, default, unit="m", minimum=least)


WAVES = (
    Parameter(
        "space_order",
        "int",
        "order of the differences in space",
        8,
        choices=(2, 4, 6, 8, 10, 12, 14, 16),
    ),
    Parameter(
        "time_step_s",
        "float",
        "time step; left out, nine tenths of the stable one",
        None,
        unit="s",
        minimum=1e-9,
    ),
    Parameter(
        "absorbing_cells",
        "int",
        "width of the absorbing layers",
        20,
        minimum=4,
        maximum=1000,
    ),
    Parameter("free_surface", "bool", "the top is pressure-free", False),
    length(
        "aperture_m",
        "how far beyond its source and receivers a shot is computed; "
        "left out, on the whole model",
        least=0.0,
    ),
    Parameter(
        "ranks_per_shot",
        "int",
        "ranks that share a shot; 0: one in 2-D where there are shots enough, else all",
        0,
        minimum=0,
        identity=False,
    ),
    Parameter(
        "backend",
        "str",
        "what computes the waves: GPUs (cuda), cores (cpu), plain NumPy (reference); "
        "auto: cuda where every rank has a GPU and CuPy, else cpu",
        "auto",
        choices=("auto", "cpu", "cuda", "reference"),
        identity=False,
    ),
    Parameter(
        "checkpoint_interval_s",
        "float",
        "wall time between checkpoints of a shot under way; 0: only when asked to stop",
        600.0,
        unit="s",
        minimum=0.0,
        identity=False,
    ),
    Parameter(
        "keep_shots",
        "bool",
        "keep each shot's result, for a survey that gains or loses shots later",
        False,
        identity=False,
    ),
)

PART = (
    Parameter(
        "part", "int", "which of the parts is done here, counted from 0", 0, minimum=0
    ),
    Parameter("parts", "int", "into which the survey's shots are split", 1, minimum=1),
)

IMAGING_INTERVAL = Parameter(
    "imaging_interval_s",
    "float",
    "time between imaging steps, at most 1/(2 f_max); left out, just that",
    None,
    unit="s",
    minimum=1e-9,
)

STORAGE = (
    Parameter(
        "memory_budget",
        "float",
        "of a rank for the forward wavefield; left out, half of what is free",
        None,
        unit="bytes",
        minimum=0.0,
        identity=False,
    ),
    Parameter(
        "storage",
        "str",
        "how the forward wavefield is kept; auto: the cheapest that fits",
        "auto",
        choices=(
            "auto",
            "memory",
            "compressed",
            "disk",
            "boundaries",
            "checkpoints",
        ),
        identity=False,
    ),
    Parameter(
        "storage_tolerance",
        "float",
        "relative difference that storage may make in a shot's image; 0: none",
        1e-3,
        minimum=0.0,
        maximum=0.5,
    ),
    Parameter(
        "storage_folder",
        "str",
        "where storage disk writes; left out, beside the shots' files",
        None,
        identity=False,
    ),
)
