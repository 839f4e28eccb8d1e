"""Wells: coupled to the cells they are open to, all in one Newton iteration.

peaceman  how well a bore is joined to its cell
bores     the open wells of a rank, in arrays
inflow    what a connection gives or takes at a bottom-hole pressure
control   the pressure at which a well works, by its most restrictive limit
head      the weight of what stands in the bore
coupling  residuals, and the wells' unknowns eliminated from the Jacobian
rates     what wells bring to the surface
"""
