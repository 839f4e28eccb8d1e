"""Laws of sharing a node: nothing twice, first come first served, nobody for ever."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.execution.node.sharing import Grant, Need, Room, Ticket, admit

ROOMS = st.builds(
    Room,
    cores=st.integers(1, 12),
    memory_gib=st.floats(0.5, 64),
    gpus=st.integers(0, 4),
)
NEEDS = st.builds(
    Need,
    cores=st.integers(0, 20),
    memory_gib=st.none() | st.floats(0, 100),
    gpus=st.integers(0, 6),
    gpu=st.none() | st.integers(0, 5),
)


class Node:
    """A node that tasks come to, ask again and again, and leave."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.tickets: dict[int, Ticket] = {}
        self.started: list[int] = []
        self.came = 0

    def come(self, need: Need) -> None:
        self.came += 1
        self.tickets[self.came] = Ticket(self.came, need)

    def ask(self, number: int) -> bool:
        grant = admit(self.tickets.values(), number, self.room)
        if grant is None:
            return False
        self.tickets[number] = Ticket(number, self.tickets[number].need, grant)
        self.started.append(number)
        self.insist()
        return True

    def insist(self) -> None:
        """Nothing is given twice, and no more than there is."""
        grants = self.grants()
        for kind, most in (("cores", self.room.cores), ("gpus", self.room.gpus)):
            given = [n for grant in grants for n in getattr(grant, kind)]
            assert len(given) == len(set(given))
            assert all(0 <= number < most for number in given)
        memory = sum(grant.memory_gib for grant in grants)
        assert memory <= self.room.memory_gib + 1e-5

    def grants(self) -> list[Grant]:
        return [t.grant for t in self.tickets.values() if t.grant is not None]

    def waiting(self) -> list[int]:
        return [n for n, ticket in self.tickets.items() if ticket.grant is None]

    def running(self) -> list[int]:
        return [n for n, ticket in self.tickets.items() if ticket.grant is not None]


@settings(max_examples=50)
@given(ROOMS, st.lists(NEEDS, min_size=1, max_size=8), st.randoms())
def test_all_that_come_start_in_the_order_of_their_coming(
    room: Room, needs: list[Need], chance: random.Random
) -> None:
    node = Node(room)
    left = list(needs)
    while left or node.tickets:
        if left and chance.random() < 0.5:
            node.come(left.pop())
        asking = node.waiting()
        chance.shuffle(asking)
        admitted = [number for number in asking if node.ask(number)]
        running = node.running()
        # whoever waits does so for others: on an empty node the first one starts
        assert running or admitted or not node.waiting()
        if running and chance.random() < 0.6:
            del node.tickets[chance.choice(running)]
    assert node.started == sorted(node.started)
    assert len(node.started) == len(needs)


@given(ROOMS, NEEDS)
def test_a_task_gets_what_it_asks_for_as_far_as_a_node_has_it(
    room: Room, need: Need
) -> None:
    grant = admit([Ticket(1, need)], 1, room)
    assert grant is not None
    assert len(grant.cores) == min(max(1, need.cores), room.cores)
    assert len(grant.gpus) == min(need.gpus, room.gpus)
    if need.memory_gib is not None:
        assert grant.memory_gib == min(need.memory_gib, room.memory_gib)


def test_a_task_of_all_cores_is_not_overtaken_by_tasks_of_one() -> None:
    room = Room(cores=4, memory_gib=8)
    runs = Ticket(1, Need(1), Grant((0,), 2.0))
    wide, narrow = Ticket(2, Need(4)), Ticket(3, Need(1))
    assert admit([runs, wide, narrow], 3, room) is None
    assert admit([runs, wide, narrow], 2, room) is None
    assert admit([wide, narrow], 2, room) == Grant((0, 1, 2, 3), 8.0)


def test_a_worker_that_keeps_a_gpu_waits_for_that_one() -> None:
    room = Room(cores=8, memory_gib=8, gpus=2)
    holds = Ticket(1, Need(1, gpus=1, gpu=0), Grant((0,), 1.0, (0,)))
    assert admit([holds, Ticket(2, Need(1, gpus=1, gpu=0))], 2, room) is None
    grant = admit([holds, Ticket(2, Need(1, gpus=1, gpu=1))], 2, room)
    assert grant is not None
    assert grant.gpus == (1,)


def test_without_a_wish_a_task_has_the_memory_of_its_cores() -> None:
    grant = admit([Ticket(1, Need(2))], 1, Room(cores=8, memory_gib=64))
    assert grant is not None
    assert grant.memory_gib == 16
