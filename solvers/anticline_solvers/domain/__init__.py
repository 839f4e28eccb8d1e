"""A regular grid, its split over ranks, and the halo exchange between them.

grid           cells, spacing and origin in a local frame
decomposition  which rank owns which cells, and what it exchanges (no MPI)
layout         where a rank's cells lie in memory
halo           the exchange itself (MPI)
faces          what an exchange between devices sends
device_halo    the exchange of arrays on devices (MPI; packed by halo.cu)
part           a rank's piece of a global array
assembly       the ranks' parts brought together on rank 0 (MPI)
"""
