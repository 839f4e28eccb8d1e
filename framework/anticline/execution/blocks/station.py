"""The workers of one make, from the first message on: hired beside, never waited for.

An executor takes a second or two to be made: its interchange is a process that starts,
the nodes' address is asked of Slurm, its first block goes through sbatch. That happens
in a thread of its own, and so does every further sbatch and squeue (in Parsl's); the
driver, which answers finished tasks, waits for none of it. Messages that come meanwhile
are kept and sent in their order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anticline.execution.blocks.executor import Blocks

Make = Callable[[int], "Blocks"]
"""Makes and starts an executor; told how many there were before it."""


@dataclass(frozen=True)
class _Letter:
    message: bytes
    weight: int
    answer: Future[Any]


class Station:
    """Workers of one make; their executor is made when the first message comes.

    An executor whose interchange is gone is replaced by another.
    """

    def __init__(self, make: Make) -> None:
        self._make = make
        self._guard = threading.Lock()
        self._waiting: list[_Letter] = []
        self._maker: threading.Thread | None = None
        self._stopped = False
        self.made: list[Blocks] = []
        """All executors there were; the last is in use, unless it is broken."""

    def send(self, message: bytes, weight: int) -> Future[Any]:
        """Send a message to a worker; returns at once."""
        letter = _Letter(message, weight, Future())
        with self._guard:
            if self._maker is None and self._works():
                self._pass_on(letter)
            else:
                self._waiting.append(letter)
                self._begin_to_make()
        return letter.answer

    def hold(self, block: str) -> None:
        """Send a block (by its name) nothing any more."""
        for blocks in self.made:
            blocks.hold(block)

    def stop_growing(self) -> None:
        """Ask for no block any more, whatever waits."""
        with self._guard:
            self._stopped = True
            for blocks in self.made:
                blocks.stop_growing()

    def settle(self) -> None:
        """Wait until nothing is being made any more."""
        maker = self._maker
        if maker is not None:
            maker.join()

    def _works(self) -> bool:
        return bool(self.made) and not self.made[-1].bad_state_is_set

    def _begin_to_make(self) -> None:
        if self._maker is None:
            self._maker = threading.Thread(target=self._try_to_make, name="hiring")
            self._maker.start()

    def _try_to_make(self) -> None:
        blocks, failed = None, None
        try:
            blocks = self._make(len(self.made))
        except Exception as error:
            failed = error
        with self._guard:
            letters, self._waiting, self._maker = self._waiting, [], None
            if blocks is not None:
                self.made.append(blocks)
                if self._stopped:
                    blocks.stop_growing()
                for letter in letters:
                    self._pass_on(letter)
        if failed is not None:
            for letter in letters:
                letter.answer.set_exception(failed)
        elif blocks is not None:
            blocks.grow()

    def _pass_on(self, letter: _Letter) -> None:
        """Send by the executor in use; the guard is held: one thread at a time."""

        def answer(done: Future[Any]) -> None:
            error = done.exception()
            if error is None:
                letter.answer.set_result(done.result())
            else:
                letter.answer.set_exception(error)

        try:
            future = self.made[-1].send(letter.message, letter.weight)
        except Exception as error:  # its interchange went this moment
            letter.answer.set_exception(error)
        else:
            future.add_done_callback(answer)
