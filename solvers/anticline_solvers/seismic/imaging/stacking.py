"""The stack of a survey from the files of its shots: by all ranks, sums kept."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from anticline_solvers.seismic.imaging import stack
from anticline_solvers.seismic.imaging.stack import Branch, Partial
from anticline_solvers.seismic.shots import identity
from anticline_solvers.seismic.shots.files import (
    ShotFiles,
    read_known,
    read_partial,
    write_partial,
)


def stack_shots(
    comm: MPI.Comm, files: ShotFiles, shot_ids: tuple[int, ...]
) -> Partial | None:
    """Sum finished shots by the tree; the whole sum on rank 0, None elsewhere.

    The ranks share the branches of each level. A branch whose file is there, made
    from the same shots, is not summed again. Collective.
    """
    origin = _origins(files)
    known = _known(files, origin)
    for level in stack.blocks(shot_ids):
        for branch in level[comm.rank :: comm.size]:
            if known(branch) is None:
                partial = stack.total(branch, lambda s: _shot(files, s), known)
                write_partial(files.node(branch), partial, origin(branch))
        comm.Barrier()
    if comm.rank:
        return None
    return stack.total(shot_ids, lambda s: _shot(files, s), known)


def _shot(files: ShotFiles, shot_id: int) -> Partial:
    return read_partial(files.path(shot_id))


def _origins(files: ShotFiles) -> Callable[[Branch], dict[str, str]]:
    own: dict[int, str] = {}

    def origin(branch: Branch) -> dict[str, str]:
        for shot_id in branch:
            if shot_id not in own:
                own[shot_id] = files.own(shot_id)
        return files.origin(identity.together(own[s] for s in branch))

    return origin


def _known(
    files: ShotFiles, origin: Callable[[Branch], dict[str, str]]
) -> Callable[[Branch], Partial | None]:
    def known(branch: Branch) -> Partial | None:
        path = files.node(branch)
        if len(branch) == 1 or not path.exists():
            return None
        return read_known(path, origin(branch))

    return known
