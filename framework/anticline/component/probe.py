"""What a machine is asked, and what it answers: the contract of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Probe:
    """One question to this machine, declared without importing what it needs.

    name : shown to people and in JSON, unique, "mpi.ring".
    run : "module:function"; the function takes nothing and returns a ProbeResult.
        It may raise ImportError: that is a finding like any other.
    remedy : what to do where the function cannot even be imported or fails.
    required : whether runs over ranks are impossible without it.
    timeout_s : time after which the probe counts as failed [s].
    """

    name: str
    run: str
    remedy: str
    required: bool = False
    timeout_s: float = 30.0


@dataclass(frozen=True)
class ProbeResult:
    """One answer.

    name : that of the probe.
    ok : True where nothing is lacking.
    found : what is there, one line for people.
    remedy : one plain sentence or command; empty only where `ok`.
    details : the figures behind `found`, JSON values; units in the names.
    required : copied from the probe.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    required: bool = False

    def __post_init__(self) -> None:
        if not self.ok and not self.remedy:
            msg = f"probe '{self.name}' reports a lack and names no remedy"
            raise ValueError(msg)
