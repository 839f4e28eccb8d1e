"""What this package offers to workflows."""

from anticline.component import (
    Component,
    Input,
    Output,
    Parameter,
    PortType,
    Report,
    Resources,
)

Numbers = PortType("Numbers", ".txt", "numbers/1", "", "a number on each line")

SAMPLE = Component(
    name="waves.sample",
    summary="sample a cosine; the ranks share the samples",
    inputs=(),
    outputs=(Output("numbers", Numbers, "the samples"),),
    parameters=(
        Parameter("frequency_hz", "float", "of the cosine", unit="Hz", minimum=0),
        Parameter("interval_s", "float", "of samples", unit="s", default=0.001),
        Parameter("count", "int", "of samples", default=16, minimum=1),
    ),
    run="waves.drivers:sample",
    check="waves.drivers:check",
)

ADD = Component(
    name="waves.add",
    summary="add files of numbers; the ranks share the files",
    inputs=(Input("numbers", Numbers, "the terms", many=True),),
    outputs=(Output("numbers", Numbers, "the sum"),),
    parameters=(),
    run="waves.drivers:add",
    reduces="numbers",
)

COMPARE = Component(
    name="waves.compare",
    summary="tell by how much two files of numbers differ",
    inputs=(
        Input("one", Numbers, "the first"),
        Input("other", Numbers, "the second"),
    ),
    outputs=(Output("report", Report, "largest_difference, count"),),
    parameters=(),
    run="waves.drivers:compare",
    resources=Resources(ranks=(1, 1), threads=False),
)

COMPONENTS = (SAMPLE, ADD, COMPARE)
