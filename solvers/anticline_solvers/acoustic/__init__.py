"""Acoustic waves of constant density in 2-D and 3-D.

equations   the wave equation, its scheme and layers as one table of terms
memory      the layers' memory variables of one rank: where they lie
kernels     the update as NumPy (reference) and Numba (cpu)
points      sources and receivers between the cells, on one rank
state       the wavefield of one rank between two time steps
global_state the wavefield as global arrays, whatever the ranks are
regions     the local cells that a time step updates
exchange    what the halos of a rank hold
marching    several time steps of a rank at once, in tiles
propagator  a model on the ranks of a communicator, stepped in time
"""
