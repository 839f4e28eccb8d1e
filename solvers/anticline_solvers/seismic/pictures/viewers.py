"""Viewers of the files of this folder, for `anticline plot`."""

from __future__ import annotations

from anticline.component import Viewer

_RECOGNISE = "anticline_solvers.formats.hdf5:format_of"
_PICTURES = "anticline_solvers.seismic.pictures.figures"

_SECTIONS = tuple(
    Viewer(
        name=kind,
        format=f"anticline-{kind}/1",
        recognise=_RECOGNISE,
        draw=f"{_PICTURES}:draw_{kind}",
        summary=summary,
    )
    for kind, summary in (
        ("model", "a section, or three slices in 3-D; options dataset clip colours at"),
        ("image", "the same; and over=MODEL to draw it on velocities"),
        ("gathers", "traces against time; options shots clip colours"),
        ("survey", "sources and receivers; over=MODEL to draw them on velocities"),
    )
)
_IMAGE_GATHERS = Viewer(
    name="image_gathers",
    format="anticline-image-gathers/1",
    recognise=_RECOGNISE,
    draw="anticline_solvers.seismic.pictures.gather_pictures:draw_image_gathers",
    summary="side by side; options over=offset or angle, points clip colours",
)
_GRADIENT = Viewer(
    name="gradient",
    format="anticline-gradient/1",
    recognise=_RECOGNISE,
    draw="anticline_solvers.seismic.pictures.gradient_pictures:draw_gradient",
    summary="above its illumination; options clip colours at",
)
VIEWERS = (*_SECTIONS, _IMAGE_GATHERS, _GRADIENT)
