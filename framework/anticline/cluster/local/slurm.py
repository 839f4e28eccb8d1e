"""One local Slurm: its files, its daemons, and its commands."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

from anticline.cluster.local import configuration as texts
from anticline.cluster.local.configuration import Controller, Place
from anticline.cluster.local.daemons import Running, start, stop
from anticline.cluster.model import Cluster
from anticline.errors import Failed

LOOPBACK = "127.0.0.1"
READY_WITHIN_S = 60.0
JOBS_END_WITHIN_S = 10.0
LOCAL_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST_PORT, PORTS_BELOW = 1024, 12_000
Tell = Callable[[str], None]


class Slurm:
    """One local Slurm: its place, and the processes that were started."""

    def __init__(self, place: Place, running: dict[str, Running]) -> None:
        self.place, self.running = place, running

    @classmethod
    def found(cls, folder: Path) -> Slurm | None:
        """Read what `save` wrote; None: nothing was started here."""
        try:
            state = json.loads((folder / "daemons.json").read_text())
        except FileNotFoundError:
            return None
        running = {name: Running(**one) for name, one in state["running"].items()}
        return cls(Place(folder, tuple(state["ports"])), running)

    @classmethod
    def new(cls, cluster: Cluster, folder: Path) -> Slurm:
        """Write the configuration, with ports that are free now."""
        place = Place(folder, _free_ports(texts.ports_needed(cluster)))
        for name in ("munge", "database", "log", "spool", "tmp"):
            (folder / name).mkdir(exist_ok=True)
        for node in texts.nodes(cluster, place):
            (folder / "spool" / node.name).mkdir(exist_ok=True)
            scratch = folder / "tmp" / node.name
            scratch.mkdir(exist_ok=True)
            scratch.chmod(0o1777)
        for _, gpu in texts.gpu_files(cluster, place):
            gpu.parent.mkdir(parents=True, exist_ok=True)
            gpu.touch()
        for own in texts.controllers(cluster, place):
            _write_files(cluster, place, own)
        _write_private(folder / "slurmdbd.conf", texts.slurmdbd_conf(place).encode())
        _write_private(folder / "munge" / "key", os.urandom(1024))
        return cls(place, {})

    def save(self) -> None:
        """Record what runs, for the next command."""
        path = self.place.folder / "daemons.json"
        state = {
            "ports": self.place.ports,
            "running": {name: asdict(one) for name, one in self.running.items()},
        }
        part = path.with_suffix(".part")
        part.write_text(json.dumps(state, indent=1))
        part.replace(path)

    def _environment(self, conf: Path | None = None) -> dict[str, str]:
        """Environment of daemons and commands.

        conf : of their Slurm cluster; None: the first.
        """
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SLURM_")}
        path = os.pathsep.join([kept.get("PATH", ""), "/usr/sbin", "/sbin"])
        return {
            **kept,
            "PATH": path,
            "SLURM_CONF": str(conf or self.place.slurm_conf),
            "MYSQL_UNIX_PORT": str(self.place.database_socket),
        }

    def ask(self, *command: str, conf: Path | None = None) -> str:
        """Run one of Slurm's commands; its output, empty where it fails.

        conf : of another controller than the first.
        """
        done = subprocess.run(
            command,
            env=self._environment(conf),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout if done.returncode == 0 else ""

    def start_all(self, cluster: Cluster, tell: Tell) -> None:
        """Start, in order, the daemons that do not run."""
        folder, place = self.place.folder, self.place
        munge = folder / "munge"
        self._start(
            "munged", tell, lambda: _answers(place.munge_socket),
            "munged", "--foreground", "--force", f"--socket={place.munge_socket}",
            f"--key-file={munge}/key", f"--pid-file={munge}/pid",
            f"--log-file={munge}/log", f"--seed-file={munge}/seed",
        )  # fmt: skip
        self._start_database(tell)
        self._start(
            "slurmdbd", tell, lambda: _listens(place.ports[0]), "slurmdbd", "-D"
        )
        for own in texts.controllers(cluster, place):
            self._register(own.name)
            self._start(
                own.daemon, tell, partial(self._controls, own.slurm_conf),
                "slurmctld", "-D", conf=own.slurm_conf,
            )  # fmt: skip
            for node in texts.nodes(cluster, place):
                if node.queue in own.queues:
                    self._start(
                        f"slurmd {node.name}", tell, partial(_listens, node.port),
                        "slurmd", "-D", "-N", node.name, conf=own.slurm_conf,
                    )  # fmt: skip
        self._wait_for_nodes(texts.nodes_of(cluster))

    def _controls(self, conf: Path) -> bool:
        """Whether the controller of a slurm.conf answers."""
        return "UP" in self.ask("scontrol", "ping", conf=conf)

    def _start_database(self, tell: Tell) -> None:
        data, socket_path = self.place.folder / "database", self.place.database_socket
        own = f"--tmpdir={self.place.folder / 'tmp'}"  # two that begin at once collide
        if not (data / "mysql").exists():
            self._insist(
                "mariadb-install-db", "--no-defaults", "--user=root",
                f"--datadir={data}", "--auth-root-authentication-method=socket",
                "--skip-test-db", own,
            )  # fmt: skip
        self._start(
            "mariadbd", tell, lambda: _answers(socket_path),
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
            f"--socket={socket_path}", f"--pid-file={data}/pid", "--skip-networking",
            "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
            "--innodb-lock-wait-timeout=900", own,
        )  # fmt: skip

    def _start(
        self,
        name: str,
        tell: Tell,
        ready: Callable[[], bool],
        *command: str,
        conf: Path | None = None,
    ) -> None:
        known = self.running.get(name)
        if known is not None and known.alive:
            return
        tell(f"starting {name}")
        environment = self._environment(conf)
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        self.running[name] = start(
            name,
            (program, *command[1:]),
            self.place.log(name.replace(" ", ".")),
            ready,
            environment=environment,
            within_s=READY_WITHIN_S,
        )
        self.save()

    def _register(self, cluster: str) -> None:
        """Tell the accounting of the cluster, an account and root; twice is no harm."""
        for what in (
            ("cluster", cluster),
            ("account", cluster, f"cluster={cluster}"),
            ("user", "root", f"account={cluster}", f"cluster={cluster}"),
        ):
            self.ask("sacctmgr", "-i", "add", *what)

    def _insist(self, *command: str) -> None:
        done = subprocess.run(
            command,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            msg = f"{command[0]} failed: {(done.stderr or done.stdout).strip()}"
            raise Failed(msg)

    def _wait_for_nodes(self, count: int) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            states = [state for _, _, state in self.nodes()]
            if len(states) == count and not any(
                state.endswith("*") or state in {"down", "unknown"} for state in states
            ):
                return
            time.sleep(0.1)
        msg = (
            f"nodes do not take jobs: {' '.join(states)}; logs: {self.place.folder}/log"
        )
        raise Failed(msg)

    def confs(self) -> list[Path]:
        """List the slurm.conf of every controller."""
        folder = self.place.folder
        return [self.place.slurm_conf, *sorted(folder.glob("*/slurm.conf"))]

    def nodes(self) -> list[tuple[str, str, str]]:
        """List every node's name, partition and state."""
        said = (
            self.ask("sinfo", "-h", "-N", "-o", "%N %R %T", conf=conf).splitlines()
            for conf in self.confs()
        )
        rows = (line.split() for lines in said for line in lines)
        return [(row[0], row[1], row[2]) for row in rows if len(row) == 3]

    def cancel_jobs(self) -> None:
        """Cancel every job and wait a while for their steps to end."""
        for conf in self.confs():
            for state in ("PENDING", "RUNNING"):
                self.ask("scancel", f"--state={state}", conf=conf)
        until = time.monotonic() + JOBS_END_WITHIN_S
        while self._busy() and time.monotonic() < until:
            time.sleep(0.1)

    def _busy(self) -> bool:
        return any(self.ask("squeue", "-h", conf=conf) for conf in self.confs())

    def stop_all(self, tell: Tell = lambda line: None) -> None:
        """Stop every daemon, the last started first."""
        for name in reversed(list(self.running)):
            tell(f"stopping {name}")
            stop(self.running.pop(name))
            self.save()


def _write_files(cluster: Cluster, place: Place, own: Controller) -> None:
    """Write what the daemons of one Slurm cluster read."""
    (own.folder / "state").mkdir(parents=True, exist_ok=True)
    own.slurm_conf.write_text(texts.slurm_conf(cluster, place, own))
    (own.folder / "gres.conf").write_text(texts.gres_conf(cluster, place, own))
    prolog = own.folder / "task_prolog"
    prolog.write_text(texts.task_prolog(place, own))
    prolog.chmod(0o755)


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _free_ports(count: int) -> tuple[int, ...]:
    """Choose ports that are free, below those that the kernel gives to connections.

    One of those could be taken by any program before a daemon listens on it.
    """
    lowest = int(LOCAL_PORTS.read_text().split()[0])
    choice = range(max(FIRST_PORT, lowest - PORTS_BELOW), max(lowest, FIRST_PORT + 1))
    found: list[int] = []
    with ExitStack() as stack:
        for port in random.sample(choice, len(choice)):
            one = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                one.bind((LOOPBACK, port))
                found.append(port)
            if len(found) == count:
                return tuple(found)
    msg = f"no {count} TCP ports are free below {lowest}; end what listens there"
    raise Failed(msg)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(str(path)) == 0
