"""The templates of parallelcluster/ as stacks of an account of moto's."""

from __future__ import annotations

from pathlib import Path

from aws.account import Account

FOLDER = Path(__file__).parents[2] / "parallelcluster"


def create(account: Account, name: str, told: dict[str, str], answer: Path) -> None:
    """Make a stack of a template; write what describe-stacks then says of it."""
    words = [
        f"ParameterKey={key},ParameterValue={value.replace(',', chr(92) + ',')}"
        for key, value in told.items()
    ]
    template = f"file://{FOLDER / name}.yaml"
    account.aws("cloudformation", "create-stack", "--stack-name", f"anticline-{name}",
                "--template-body", template, "--capabilities", "CAPABILITY_NAMED_IAM",
                "--parameters", *words)  # fmt: skip
    made = account.aws(
        "cloudformation", "describe-stacks", "--stack-name", f"anticline-{name}"
    )
    answer.write_text(made)
