"""A regular grid, its split over ranks, and the halo exchange between them."""
