"""A case: one problem, and the teams that do it in turn.

A team is one or several processes that work at the same time: a program on all
cores, or one process a core. `peer` names the team that others are compared with.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import competitors
import machine
from problem import Problem

PEERS = Path(__file__).resolve().parent / "peers"
CORES = machine.cores()
LIMIT = "memory"


@dataclass(frozen=True)
class Process:
    """A contestant's process: command line, and additions to the environment."""

    command: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Team:
    """Processes that share the work of a round.

    name : as printed.   competitor : the program, as recorded.
    script : of `peers`, run with the problem and then `arguments`.
    processes, ranks, threads : how many, the last two of each process.
    sweeps : True where a step is a sweep over memory and not a time step.
    """

    name: str
    competitor: str
    script: str
    arguments: tuple[str, ...] = ()
    processes: int = 1
    ranks: int = 1
    threads: int = 1
    sweeps: bool = False

    def process(self, problem: Problem) -> Process:
        """Give the command of each of its processes."""
        python = competitors.python(self.competitor)
        given = () if self.sweeps else (problem.to_json(),)
        command = (str(python), str(PEERS / self.script), *given, *self.arguments)
        if self.ranks > 1:
            command = (*machine.launcher(self.ranks), *command)
        threads = str(self.threads)
        return Process(
            command, {"OMP_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads}
        )


@dataclass(frozen=True)
class Case:
    """One comparison.

    name : of its file and in the records.   summary : a few words.
    peer : name of the team to which the others' speed is compared.
    agreement : two teams whose seismograms must agree, or none.
    steps : time steps of a run; 0 takes as many as fill the time given.
    """

    name: str
    summary: str
    problem: Problem
    teams: tuple[Team, ...]
    peer: str
    agreement: tuple[str, ...] = ()
    steps: int = 0

    @property
    def title(self) -> str:
        """The summary, with the cells where contestants step through a grid."""
        if all(team.sweeps for team in self.teams):
            return self.summary
        return f"{self.summary}, {' x '.join(map(str, self.problem.shape))} cells"

    def quick(self) -> Case:
        """Shrink to a grid that takes no time, to see that everything works."""
        small = 72 if self.problem.ndim == 3 else 120
        shape = (small,) * self.problem.ndim
        return replace(
            self,
            problem=replace(self.problem, shape=shape, receivers=10),
            teams=tuple(shrunk(team) for team in self.teams),
            steps=min(self.steps, 30),
        )

    def without(self, competitors: Collection[str]) -> Case:
        """Leave out some competitors, and agreement with them."""
        teams = tuple(one for one in self.teams if one.competitor not in competitors)
        names = {one.name for one in teams}
        agreement = self.agreement if names.issuperset(self.agreement) else ()
        return replace(self, teams=teams, agreement=agreement)

    def team(self, name: str) -> Team:
        """Find a team by its name."""
        return next(team for team in self.teams if team.name == name)


def shrunk(team: Team) -> Team:
    """Shrink a team for a quick case: memory sweeps over little memory."""
    if not team.sweeps:
        return team
    return memory(team.arguments[0], 1 << 20, team.threads, team.name)


def ours(threads: int = CORES) -> Team:
    """Enter anticline: one process of some threads."""
    script, name = "anticline_acoustic.py", f"anticline, threads: {threads}"
    return Team(name, "anticline", script, (str(threads),), threads=threads)


def ours_per_core() -> Team:
    """Enter anticline: one process of one thread on each core."""
    name = f"anticline, processes: {CORES}"
    return Team(name, "anticline", "anticline_acoustic.py", ("1",), processes=CORES)


def ours_on_ranks(ranks: int = CORES) -> Team:
    """Enter anticline: ranks of one thread that share the problem."""
    return Team(
        f"anticline, ranks: {ranks}", "anticline", "anticline_ranks.py", ranks=ranks
    )


def devito(threads: int = CORES) -> Team:
    """Enter Devito: one process of some threads."""
    script, name = "devito_acoustic.py", f"devito, threads: {threads}"
    return Team(name, "devito", script, threads=threads)


def devito_per_core() -> Team:
    """Enter Devito: one process of one thread on each core."""
    name = f"devito, processes: {CORES}"
    return Team(name, "devito", "devito_acoustic.py", processes=CORES)


def memory(mix: str, elements: int, threads: int = CORES, name: str = LIMIT) -> Team:
    """Enter memory: sweeps over some elements, in a mix of `peers/memory.py`."""
    arguments = (mix, str(elements), str(threads))
    return Team(name, "memory", "memory.py", arguments, threads=threads, sweeps=True)


def large_memory(mix: str = "update", name: str = LIMIT) -> Team:
    """Enter memory: arrays that no cache holds, each 4 times the last cache."""
    return memory(mix, machine.elements_beyond_cache(), name=name)
