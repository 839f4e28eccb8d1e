"""The tasks as apps of plain Parsl, with the executor settings of anticline."""

from __future__ import annotations

import os
import sys
from typing import Any

import parsl
from parsl.config import Config
from parsl.executors import HighThroughputExecutor
from parsl.launchers import SimpleLauncher
from parsl.providers import LocalProvider
from tasks import PATH, Clock, Wanted, tell


def config(wanted: Wanted) -> Config:
    """One block of this machine."""
    executor = HighThroughputExecutor(
        label="local",
        address="127.0.0.1",
        encrypted=True,
        max_workers_per_node=wanted.workers,
        cores_per_worker=1e-6,
        heartbeat_period=10,
        heartbeat_threshold=90,
        prefetch_capacity=0,
        provider=LocalProvider(  # type: ignore[no-untyped-call]
            launcher=SimpleLauncher(debug=False),
            init_blocks=0,
            min_blocks=0,
            max_blocks=1,
            worker_init=f'export PATH="{sys.prefix}/bin:$PATH" PYTHONPATH="{PATH}"',
        ),
    )
    return Config(
        executors=[executor],
        run_dir=str(wanted.folder / "parsl"),
        strategy="htex_auto_scale",
        strategy_period=2.0,
        max_idletime=60.0,
        initialize_logging=False,
        usage_tracking=0,
    )


def main() -> None:
    """Run all."""
    wanted, clock = Wanted.of_command_line(), Clock()
    os.environ["PATH"] = f"{sys.prefix}/bin:{os.environ['PATH']}"  # its interchange.py
    with parsl.load(config(wanted)):
        apps: dict[str, Any] = {}
        for number in range(wanted.count):
            function, arguments = wanted.call(number)
            app = apps.setdefault(function.__name__, parsl.python_app(function))
            clock.watch(app(*arguments), wanted.count)
        clock.wait()
        record = clock.record(version=parsl.__version__)
    tell(record)


if __name__ == "__main__":
    main()
