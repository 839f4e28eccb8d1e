"""The shots that one iteration of an inversion takes, where it does not take all.

Of n shots an iteration takes k, chosen without replacement: the shots are shuffled,
and iterations 0, 1, 2, ... take the next k each, until all were taken; then they are
shuffled anew. Where k does not divide n the last iteration of a round takes what is
left and, from the front of the same shuffle, as many as it lacks: never one twice.

The choice depends on the list of shots, k, the seed and the iteration alone. All
evaluations of one iteration, those of a line search, see the same shots.

Source: T. van Leeuwen and F. J. Herrmann (2013), Fast waveform inversion without
source-encoding, Geophysical Prospecting 61, doi:10.1111/j.1365-2478.2012.01096.x.
"""

from __future__ import annotations

import numpy as np


def chosen(
    shot_ids: tuple[int, ...], count: int | None, seed: int, iteration: int
) -> tuple[int, ...]:
    """Give the shots of an iteration, in the survey's order.

    count : None, or at least as many as there are: all of them.
    """
    n = len(shot_ids)
    if count is None or count >= n:
        return shot_ids
    turns = -(-n // count)
    shuffle, turn = divmod(iteration, turns)
    order = np.random.default_rng([seed, shuffle]).permutation(n)
    places = np.concatenate([order, order])[turn * count : (turn + 1) * count]
    return tuple(shot_ids[place] for place in sorted(places))
