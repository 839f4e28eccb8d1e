"""The tasks in processes of Dask's distributed scheduler."""

from __future__ import annotations

import distributed
from tasks import Clock, Wanted, tell


def main() -> None:
    """Run all."""
    wanted, clock = Wanted.of_command_line(), Clock()
    with (
        distributed.LocalCluster(
            n_workers=wanted.workers,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=str(wanted.folder / "dask"),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        for number in range(wanted.count):
            function, arguments = wanted.call(number)
            clock.watch(client.submit(function, *arguments, pure=False), wanted.count)
        clock.wait()
        record = clock.record(version=distributed.__version__)
    tell(record)


if __name__ == "__main__":
    main()
