"""Three phases in porous rock, fully implicit: the black-oil simulator.

description     what a reservoir is: grid, fluids, start, wells, schedule (SI)
equations       the mathematics, and the meaning of the unknowns
fluids          volume factors, dissolved gas and viscosities of a region
rock            pores that widen with pressure
saturation      relative permeabilities and capillary pressures
equilibrium     the state that gravity and capillarity hold at rest
discretization  who flows to whom: connections, blocks, the pattern of the Jacobian
assembly        residuals and Jacobian blocks of all cells
wells           inflow, head in the bore, controls
linear          Krylov methods and their preconditioners
nonlinear       Newton's method on one time step
timesteps       how long the next time step is
partition       which rank owns which cells
simulate        the run itself
"""
