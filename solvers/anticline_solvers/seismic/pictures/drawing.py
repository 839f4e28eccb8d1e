"""What all pictures share: options read from text, and figures written as PNG."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anticline.errors import BadInput

DPI = 150
WIDTH_IN = 9.0


def percentile(text: str) -> float:
    """Read the option `clip`; BadInput unless it is above 50 and at most 100."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 50 < value <= 100:
        msg = f"option clip={text}: a percentile above 50, up to 100, is needed"
        raise BadInput(msg)
    return value


def colour_map(name: str) -> str:
    """Read the option `colours`; BadInput where there is no such map."""
    if name not in colormaps:
        msg = f"option colours={name}: no such colour map; viridis, gray, seismic are"
        raise BadInput(msg)
    return name


def png(figure: Figure) -> bytes:
    """Draw a figure without a display."""
    FigureCanvasAgg(figure)
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, bbox_inches="tight", pad_inches=0.1)
    return stream.getvalue()


def save(figure: Figure, out: Path, path: Path, name: str) -> Path:
    """Write a figure as ``out``, or into that folder under the name of ``path``."""
    out = Path(out)
    target = out if out.suffix else out / f"{path.stem}{name}.png"
    target.write_bytes(png(figure))
    return target
