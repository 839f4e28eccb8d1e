"""Result files that ResInsight, resdata and opm read, in the units of the deck.

heads    the heads that every file carries
grids    EGRID and INIT
restart  UNRST: written, and read to start from
curves   SMSPEC and UNSMRY
"""
