"""The page of ratios: tables of the latest records, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from case import Case
from records import Record
from reservoir_case import ReservoirCase

BEGIN, END = "<!-- ratios: written by make bench -->", "<!-- end of ratios -->"

HEAD = "| contestant | speed over {peer} | share of memory bandwidth |\n|---|---|---|\n"
QUICK = "Quick: small grids, short runs. This tells that it works, not how fast.\n\n"
SCALING = (
    "| ranks | process grid | speed over 1 rank | share of exchange "
    "| bytes sent by a rank an exchange | gather equal to that of 1 rank |\n"
    "|---|---|---|---|---|---|\n"
)
STORAGE = (
    "| storage | tolerance | time over memory | bytes held | peak growth "
    "| image difference |\n|---|---|---|---|---|---|\n"
)
GRADIENT = (
    "| contestant | steps between terms | speed over deepwave, every 8 "
    "| of its modelling alone | time over its own modelling | peak growth "
    "| gradient difference |\n|---|---|---|---|---|---|---|\n"
)
THROUGHPUT = (
    "| contestant | speed over plain Parsl | tasks a second | overhead of a task "
    "| start of workers | driver's memory |\n|---|---|---|---|---|---|\n"
)
RESERVOIR = (
    "| contestant | time over flow, ranks: 1 | seconds | time steps "
    "| Newton iterations | linear iterations |\n|---|---|---|---|---|---|\n"
)
KINDS = {
    "throughput_trivial": "trivial tasks",
    "throughput_shots": "small shots",
}


def spread(values: dict[str, float] | None) -> str:
    """Text of a median with its range; a dash for none."""
    if values is None:
        return "-"
    return f"**{values['median']:.2f}** ({values['min']:.2f} to {values['max']:.2f})"


def ratio_of(record: Record) -> dict[str, float] | None:
    """Speed over the peer; none for sweeps over memory beside programs."""
    if record["competitor"] == "memory" and record["peer"] != "copy":
        return None
    ratio: dict[str, float] | None = record["ratio_to_peer"]
    return ratio


def rows(records: Iterable[Record]) -> str:
    """Rows of a case."""
    text = ""
    for record in records:
        shown = "1" if record["team"] == record["peer"] else spread(ratio_of(record))
        share = spread(record["fraction_of_bandwidth"])
        text += f"| {record['team']} | {shown} | {share} |\n"
    return text


def comparison(case: Case, records: list[Record]) -> str:
    """Make the table of a case, with what it was run on."""
    if not records:
        return ""
    first = records[0]
    versions = {one["competitor"]: one["version"] for one in records}
    programs = ", ".join(f"{name} {version}" for name, version in versions.items())
    agrees = next(
        (one["seismogram_difference"] for one in records
         if one.get("seismogram_difference") is not None), None,
    )  # fmt: skip
    text = f"### {case.title}\n\n" + HEAD.format(peer=first["peer"])
    text += rows(records)
    text += f"\n{first['rounds']} rounds of {first['steps']} steps; {programs}."
    if agrees is not None:
        text += f" Seismograms differ by {agrees:.1e} (relative L2)."
    return text + "\n\n"


def ranks_table(records: list[Record]) -> str:
    """Make the table of the scaling benchmark."""
    if not records:
        return ""
    cores, steps = records[0]["cores"], records[0]["steps"]
    text = f"### A 3-D shot on 1, 2 and 4 ranks, {cores} cores\n\n" + SCALING
    for one in records:
        grid = " x ".join(map(str, one["process_grid"]))
        sent = max(one["bytes_sent_an_exchange"])
        equal = "bit for bit" if one["gathers_equal_one_rank"] else "**no**"
        text += f"| {one['ranks']} | {grid} | {spread(one['ratio_to_one_rank'])} "
        text += f"| {spread(one['exchange_share'])} | {sent:,} | {equal} |\n"
    return text + f"\n{records[0]['rounds']} rounds of {steps} steps.\n\n"


def storage_tables(records: list[Record]) -> str:
    """Make the tables of the storage benchmark, one for each number of axes."""
    text = ""
    for ndim in sorted({one["ndim"] for one in records}):
        mine = [one for one in records if one["ndim"] == ndim]
        first = mine[0]
        cells = " x ".join(map(str, first["shape"]))
        text += f"### Keeping the source wavefield, {cells} cells\n\n" + STORAGE
        for one in mine:
            whole = one["whole_bytes"]
            way = one["way"]
            if way.startswith("auto"):
                way += f" (takes {one['chosen']})"
            text += f"| {way} | {one['tolerance']:g} "
            text += f"| {spread(one['time_over_memory'])} "
            text += f"| {one['held_bytes'] / whole:.3f} "
            text += f"| {one['peak_grown_bytes'] / whole:.2f} "
            text += f"| {one['image_difference']:.1e} |\n"
        text += (
            f"\n{first['rounds']} rounds of {first['steps']} time steps, an image "
            f"every {first['every']}; all snapshots take "
            f"{first['whole_bytes'] / 1e6:.0f} MB.\n\n"
        )
    return text


def gradient_table(records: list[Record]) -> str:
    """Make the table of the gradient benchmark."""
    if not records:
        return ""
    first = records[0]
    cells = " x ".join(map(str, first["shape"]))
    versions = {one["competitor"]: one["version"] for one in records}
    text = f"### The gradient of a shot, {cells} cells\n\n" + GRADIENT
    for one in records:
        name = one["team"]
        if "auto" in name:
            name = name.replace("auto", f"auto (takes {one['chosen']})")
        text += f"| {name} | {one['every']} | {spread(one['speed_over_peer'])} "
        text += f"| {spread(one['forward_speed_over_peer'])} "
        text += f"| {spread(one['time_over_forward'])} "
        text += f"| {one['peak_grown_bytes'] / 1e6:.0f} MB "
        text += f"| {difference_of(one['gradient_difference'])} |\n"
    text += f"\n{first['rounds']} rounds of {first['steps']} time steps, "
    text += f"{first['receivers']} receivers; "
    text += ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
    apart = [one["gather_difference"] for one in records]
    if apart[0] is not None:
        text += f" Gathers differ by {max(apart):.1e} (relative L2)."
    return text + f" Load before the run {first['load_before']:.1f}.\n\n"


def difference_of(found: float | None) -> str:
    """Text of a relative difference; a dash for none."""
    return "-" if found is None else f"{found:.1e}"


def throughput_tables(kinds: Iterable[list[Record]]) -> str:
    """Make the tables of the throughput benchmark, one for each kind of tasks."""
    text = ""
    for records in filter(None, kinds):
        first = records[0]
        text += f"### {first['tasks']:,} {KINDS[first['case']]} on {first['workers']} "
        text += "workers\n\n" + THROUGHPUT
        for one in records:
            name = f"{one['team']} {one['version']}".strip()
            text += f"| {name} | {spread(one['ratio_to_parsl'])} "
            text += f"| {one['tasks_per_second']['median']:.0f} "
            text += f"| {1e3 * one['overhead_s']['median']:.1f} ms "
            text += f"| {one['starting_s']:.1f} s "
            text += f"| {one['peak_bytes'] / 1e6:.0f} MB |\n"
        text += f"\n{first['rounds']} rounds; load before the run "
        text += f"{first['load_before']:.1f}.\n\n"
    return text


def reservoir_tables(cases: Iterable[tuple[ReservoirCase, list[Record]]]) -> str:
    """Make the tables of the reservoirs, one for each."""
    text = ""
    for case, records in cases:
        if not records:
            continue
        text += f"### {case.summary}\n\n" + RESERVOIR
        for one in records:
            text += f"| {one['team']} | {spread(one['time_over_flow'])} "
            text += f"| {one['seconds']['median']:.2f} | {one['time_steps']:,} "
            text += f"| {one['newton']:,} | {one['linear']:,} |\n"
        versions = {one["team"].split(",")[0]: one["version"] for one in records}
        programs = ", ".join(f"{name} {version}" for name, version in versions.items())
        load = records[0]["load_before"]
        told = "" if load is None else f"; load before the run {load:.1f}"
        text += f"\n{records[0]['rounds']} rounds; {programs}{told}.\n\n"
    return text


def machine_line(record: Record) -> str:
    """Where and when records were made."""
    found = record["machine"]
    cache = found["last_cache_bytes"] // (1 << 20)
    return (
        f"{found['cpu']}, {found['cores']} cores, {cache} MiB last cache; "
        f"{record['date'][:10]}, load before the run {record['load_before']:.1f}.\n\n"
    )


def compose(
    cases: Iterable[tuple[Case, list[Record]]],
    ranks: list[Record],
    storage: list[Record],
    gradient: list[Record],
    throughput: list[list[Record]],
    reservoirs: list[tuple[ReservoirCase, list[Record]]],
) -> str:
    """Make the whole section."""
    parts = [(case, records) for case, records in cases if records]
    small = [one for records in throughput for one in records]
    stamps = (
        [records[0] for _, records in parts] or ranks or storage or gradient or small
    )
    text = machine_line(stamps[0]) if stamps else ""
    text += QUICK if any(stamp["quick"] for stamp in stamps) else ""
    text += "".join(comparison(case, records) for case, records in parts)
    text += ranks_table(ranks) + storage_tables(storage)
    text += gradient_table(gradient) + throughput_tables(throughput)
    return text + reservoir_tables(reservoirs)


def replace_section(path: Path, section: str) -> None:
    """Write the section between its marks in a page that has them."""
    before, mark, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (mark and end):
        msg = f"{path} has no lines {BEGIN} and {END}"
        raise ValueError(msg)
    path.write_text(f"{before}{BEGIN}\n\n{section.rstrip()}\n\n{END}{after}")
