"""What a component asks of the machine."""

from __future__ import annotations

from dataclasses import dataclass

GPU_NEEDS = ("none", "optional", "required")


@dataclass(frozen=True)
class Resources:
    """What a component asks of the machine; placement reads it.

    ``ranks`` is the smallest and the largest useful number of ranks (None: no
    limit), ``bytes_per_cell`` the memory of all ranks together per grid cell
    [bytes], ``gpu`` one of "none", "optional", "required", ``threads`` whether a
    rank uses several cores.
    """

    ranks: tuple[int, int | None] = (1, None)
    bytes_per_cell: float = 0.0
    gpu: str = "none"
    threads: bool = True

    def __post_init__(self) -> None:
        """Refuse impossible requests (ValueError)."""
        least, most = self.ranks
        if least < 1 or (most is not None and most < least):
            msg = f"ranks {self.ranks}: needs 1 <= least <= most (or None)"
            raise ValueError(msg)
        if self.bytes_per_cell < 0:
            msg = f"bytes_per_cell {self.bytes_per_cell} is negative"
            raise ValueError(msg)
        if self.gpu not in GPU_NEEDS:
            msg = f"gpu {self.gpu!r}: one of {', '.join(GPU_NEEDS)}"
            raise ValueError(msg)
