"""Components that bring a file from S3, and that keep results there."""

from __future__ import annotations

from anticline.component import (
    Component,
    Image,
    Input,
    Output,
    Parameter,
    PortType,
    Report,
    Resources,
    ShotGathers,
    VelocityModel,
)

PROGRAM = ("{python}", "-P", "-m", "anticline_solvers.staging.copy")
ONE = Resources(ranks=(1, 1), threads=False)


def _brings(name: str, made: PortType, what: str) -> Component:
    return Component(
        name=f"storage.{name}",
        summary=f"{what} of an S3 bucket, brought whole to the run's file system",
        inputs=(),
        outputs=(Output(name, made, "the file"),),
        parameters=(
            Parameter(
                "url",
                "str",
                "where it is: s3://BUCKET/KEY, or a path of the linked file system",
            ),
            Parameter(
                "etag",
                "str",
                "its entity tag; another one there is an error. Left out: any",
                default=None,
            ),
        ),
        command=(
            *PROGRAM,
            "bring",
            "{parameters.url}",
            f"{{outputs.{name}}}",
            ("--etag", "{parameters.etag}"),
        ),
        resources=ONE,
    )


KEEP = Component(
    name="storage.keep",
    summary="results copied to an S3 bucket, each checked to be there whole",
    inputs=(
        Input("images", Image, "to be kept", optional=True, many=True),
        Input("models", VelocityModel, "to be kept", optional=True, many=True),
        Input("gathers", ShotGathers, "to be kept", optional=True, many=True),
    ),
    outputs=(Output("receipt", Report, "what is where, with sizes and tags"),),
    parameters=(Parameter("url", "str", "folder to fill: s3://BUCKET/PREFIX"),),
    command=(
        *PROGRAM,
        "keep",
        "{parameters.url}",
        "{outputs.receipt}",
        ("{inputs.images}",),
        ("{inputs.models}",),
        ("{inputs.gathers}",),
    ),
    resources=ONE,
)

COMPONENTS = (
    _brings("model", VelocityModel, "a model"),
    _brings("gathers", ShotGathers, "gathers"),
    KEEP,
)
