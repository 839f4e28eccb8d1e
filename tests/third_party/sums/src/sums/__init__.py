"""Components that run `add-numbers`; there is no other Python in this package."""

from anticline.component import Component, Input, Output, Parameter, PortType, Resources

Numbers = PortType("Numbers", ".txt", "numbers/1", "", "a number on each line")

ADD = Component(
    name="sums.add",
    summary="add files of numbers, line by line",
    inputs=(Input("numbers", Numbers, "the terms", many=True),),
    outputs=(Output("numbers", Numbers, "the sum"),),
    parameters=(Parameter("label", "str", "shown when it is done", default=None),),
    command=(
        "add-numbers",
        "--out={outputs.numbers}",
        ("--label", "{parameters.label}"),
        "{inputs.numbers}",
    ),
    reduces="numbers",
    resources=Resources(ranks=(1, 1), threads=False),
)

COMPONENTS = (ADD,)
