"""Speed as ratios: to the machine's memory bandwidth, and to peers.

    python benchmarks/run.py [--quick] [--case NAME]... [--without PEER]...
                             [--rounds N] [--seconds S] [--results DIR] [--page FILE]

Contestants are child processes that are prepared first and then take turns. Results
go to RESULTS/CASE.jsonl, and the page of ratios to standard output and between the
marks of docs/reference/benchmarks.md. Quick runs use small grids, say nothing about
speed, and write to output/benchmarks and to no page.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack, closing
from pathlib import Path

import agreement
import competitors
import gradient
import machine
import page
import records
import reservoir
import scaling
import storage
import throughput
from case import Case
from cases import CASES
from records import Record, Session
from rounds import choose_steps, play
from worker import Players

ROOT = Path(__file__).resolve().parent.parent
QUIET = 0.5
NAMES = (
    *(case.name for case in CASES),
    scaling.NAME,
    *storage.NAMES,
    gradient.NAME,
    *throughput.NAMES,
    *reservoir.CASES,
)


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small grids, few rounds")
    parser.add_argument("--case", action="append", choices=NAMES, help="only this case")
    parser.add_argument(
        "--without", action="append", default=[], choices=sorted(competitors.LOCKS)
    )
    parser.add_argument("--rounds", type=int, help="rounds of a case (9; quick 2)")
    parser.add_argument("--seconds", type=float, help="of a run, about (2; quick 0.1)")
    parser.add_argument("--results", type=Path, help="folder of the JSON lines")
    parser.add_argument("--page", type=Path, help="Markdown page with the marks")
    given = parser.parse_args()
    given.rounds = given.rounds or (2 if given.quick else 9)
    given.seconds = given.seconds or (0.1 if given.quick else 2.0)
    usual = ROOT / ("output/benchmarks" if given.quick else "benchmarks/results")
    given.results = given.results or usual
    if given.page is None and not given.quick:
        given.page = ROOT / "docs" / "reference" / "benchmarks.md"
    return given


def available(without: list[str]) -> list[str]:
    """Competitors that are left out: as wished, and where they cannot be had."""
    missing = list(without)
    for competitor in competitors.LOCKS:
        if competitor not in missing:
            try:
                competitors.prepare(competitor)
            except competitors.Missing as reason:
                say(f"{competitor} is left out: {reason}")
                missing.append(competitor)
    return missing


def compare(case: Case, session: Session, rounds: int, seconds: float) -> list[Record]:
    """Play a case; its records, one a team."""
    agrees = agreement.difference(case) if case.agreement else None
    with ExitStack() as stack:
        players = [
            stack.enter_context(closing(Players(team, case.problem)))
            for team in case.teams
        ]
        steps = choose_steps(players, seconds, case.steps)
        rates = play(players, steps, rounds)
        stamp = session.stamp()
        return [
            stamp | records.of_team(case, one, rates, steps[one.team.name], agrees)
            for one in players
        ]


def main() -> None:
    """Run the cases asked for, record them, print and write the page."""
    given = arguments()
    missing = available(given.without)
    session = Session(given.results, given.quick, machine.load(), machine.commit())
    if session.load > QUIET:
        say(f"other programs are running (load {session.load:.1f}): expect wide ranges")
    cases = [case.quick() if given.quick else case for case in CASES]
    for case in cases:
        if not given.case or case.name in given.case:
            say(f"{case.name}: {given.rounds} rounds")
            found = compare(case.without(missing), session, given.rounds, given.seconds)
            session.append(case.name, found)
    if not given.case or scaling.NAME in given.case:
        say(f"{scaling.NAME}: ranks {scaling.RANKS}")
        rounds = min(given.rounds, 3)
        stamp = session.stamp()
        found = [stamp | one for one in scaling.run(rounds, given.quick)]
        session.append(scaling.NAME, found)
    for name, ndim in storage.NAMES.items():
        if not given.case or name in given.case:
            rounds = min(given.rounds, 3)
            say(f"{name}: {rounds} rounds")
            stamp = session.stamp()
            found = storage.run(ndim, rounds, given.quick, say)
            session.append(name, [stamp | one for one in found])
    if not given.case or gradient.NAME in given.case:
        rounds = min(given.rounds, 3)
        say(f"{gradient.NAME}: {rounds} rounds")
        stamp = session.stamp()
        found = gradient.run(rounds, given.quick, missing, say)
        session.append(gradient.NAME, [stamp | one for one in found])
    for name in throughput.NAMES:
        if not given.case or name in given.case:
            rounds = min(given.rounds, 3)
            say(f"{name}: {rounds} rounds")
            stamp = session.stamp()
            found = throughput.run(name, rounds, given.quick, missing, say)
            session.append(name, [stamp | one for one in found])
    for name in reservoir.CASES:
        if not given.case or name in given.case:
            rounds = min(given.rounds, 3)
            say(f"{name}: {rounds} rounds")
            stamp = session.stamp()
            found = reservoir.run(name, rounds, given.quick, missing, say)
            session.append(name, [stamp | one for one in found])
    text = page.compose(
        ((case, session.latest(case.name)) for case in cases),
        session.latest(scaling.NAME),
        [one for name in storage.NAMES for one in session.latest(name)],
        session.latest(gradient.NAME),
        [session.latest(name) for name in throughput.NAMES],
        [(case, session.latest(name)) for name, case in reservoir.CASES.items()],
    )
    say("\n" + text)
    if given.page:
        page.replace_section(given.page, text)


if __name__ == "__main__":
    main()
