"""Records of benchmark runs: JSON lines, one a team and case, appended for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import machine
from case import LIMIT, Case
from rounds import Rates, Spread, ratios
from worker import Players

Record = dict[str, Any]


@dataclass(frozen=True)
class Session:
    """What all records of one run of the benchmarks share.

    folder : of the JSON lines.   quick : small grids.
    load : running processes of others, just before the first case.
    commit : of the code, before records are added to it.
    """

    folder: Path
    quick: bool
    load: float
    commit: str

    def stamp(self) -> Record:
        """Date, machine, and code of a record."""
        return {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine.describe(),
            "load_before": round(self.load, 2),
            "commit": self.commit,
            "quick": self.quick,
        }

    def append(self, name: str, records: Iterable[Record]) -> None:
        """Add records to the file of a case."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.jsonl").open("a") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)

    def latest(self, name: str) -> list[Record]:
        """Read the last run of a case; nothing where it has never run."""
        path = self.folder / f"{name}.jsonl"
        if not path.exists():
            return []
        records = [json.loads(line) for line in path.read_text().splitlines()]
        return [record for record in records if record["date"] == records[-1]["date"]]


def of_team(
    case: Case, players: Players, rates: Rates, steps: int, agrees: float | None
) -> Record:
    """Record what one team showed in the rounds of a case."""
    team, weight = players.team, players.bytes_per_point
    limit = next((one for one in case.teams if one.name == LIMIT), None)
    memory_bytes = 8.0 if limit and limit.arguments[0] == "copy" else 16.0
    record: Record = {
        "case": case.name,
        "problem": json.loads(case.problem.to_json()),
        "team": team.name,
        "competitor": team.competitor,
        "version": players.version,
        "processes": team.processes,
        "ranks": team.ranks,
        "threads": team.threads,
        "points": players.points,
        "steps": steps,
        "rounds": len(rates[team.name]),
        "points_per_second": Spread.of(rates[team.name]).as_dict(),
        "bytes_per_point": round(weight, 2),
        "peer": case.peer,
    }
    fraction = ratios(rates, team.name, LIMIT, weight / memory_bytes)
    compared = ratios(rates, team.name, case.peer)
    record["fraction_of_bandwidth"] = fraction.as_dict() if fraction else None
    record["ratio_to_peer"] = compared.as_dict() if compared else None
    if team.name in case.agreement:
        record["seismogram_difference"] = agrees
    return record
