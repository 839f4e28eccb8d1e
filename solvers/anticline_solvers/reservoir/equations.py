"""The black-oil equations, and the unknowns they are solved for.

Components w, o, g (water, oil, gas as they are at the surface) in phases of the same
names; gas dissolves in oil. For each cell of pore volume V(p) and each component

    d/dt V b_w S_w                      + sum F_w              = q_w
    d/dt V b_o S_o                      + sum F_o              = q_o
    d/dt V (b_g S_g + r_s b_o S_o)      + sum (F_g + r_s F_o)  = q_g

    F_a = T t_a ((p_a - p_a') - g (z - z') (rho_a + rho_a') / 2)
    t_a = k_ra b_a / mu_a

with the sum over the connections to neighbours ('), t_a and r_s of the cell that the
phase a leaves (upstream).

    b_a [sm3/m3] shrinkage, 1 / B_a     S_a [-] saturation, S_w + S_o + S_g = 1
    r_s [sm3/sm3] dissolved gas         p_w = p - p_cow(S_w), p_g = p + p_cog(S_g) [Pa]
    T [m3] transmissibility             k_ra [-], mu_a [Pa s], rho_a [kg/m3]
    q [sm3/s] what wells bring          z [m] depth

Unknowns of a cell: x = (p, S_w, S_g) where gas is free, (p, S_w, r_s) where it is not.
Backward Euler in time; rows are ordered o, w, g, each multiplied by a fixed volume
factor so that all are reservoir volumes per second.

Aziz and Settari, Petroleum Reservoir Simulation, 1979; Rasmussen et al., Comput. Math.
Appl. 81 (2021), doi:10.1016/j.camwa.2020.05.014.
"""

from __future__ import annotations

from typing import Final

GRAVITY: Final = 9.80665
"""Standard acceleration [m/s2]."""

OIL: Final = 0
WATER: Final = 1
GAS: Final = 2
"""Order of rows, of components and of phases in arrays with three columns."""

PHASES: Final = ("oil", "water", "gas")

PRESSURE: Final = 0
SW: Final = 1
X3: Final = 2
"""Order of unknowns; the third is S_g or r_s."""

# What `properties` knows of a cell: values, and derivatives by p (_P), S_w (_S) and
# the third unknown (_X); a derivative that is not listed is 0, those of p_w and p_g
# by p are 1; PO is p itself. Flow factors t_a, r_s and contents are in the rows' scale.
PW, PW_S = 0, 1
RHOW, RHOW_P, RHOW_S = 2, 3, 4
TW, TW_P, TW_S = 5, 6, 7
PG, PG_X = 8, 9
RHOG, RHOG_P, RHOG_X = 10, 11, 12
TG, TG_P, TG_X = 13, 14, 15
RHOO, RHOO_P, RHOO_X = 16, 17, 18
TO, TO_P, TO_S, TO_X = 19, 20, 21, 22
RS, RS_P, RS_X = 23, 24, 25
AO, AO_P, AO_S, AO_X = 26, 27, 28, 29
AW, AW_P, AW_S = 30, 31, 32
AG, AG_P, AG_S, AG_X = 33, 34, 35, 36
PO = 37
WIDTH: Final = 38
