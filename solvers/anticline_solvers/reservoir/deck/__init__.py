"""From an Eclipse deck to a description of a reservoir.

parsing      the process that runs OPM's parser
locating     lines of keywords, included files
reading      a deck file -> keywords with their records and lines
keywords     what a deck is after parsing
supported    the keywords that are done, that do no harm, and the refusal of others
belonging    keywords in a wrong section, given twice, of no phase
items        items of records that nobody reads
arrays       values of cells: boxes, copies, multipliers
grid         geometry and cells
fluids       fluids and rock
saturations  relative permeabilities and capillary pressures
start        equilibration or a state
wells        the schedule
curves       the summary vectors asked for
build        all of it
"""
