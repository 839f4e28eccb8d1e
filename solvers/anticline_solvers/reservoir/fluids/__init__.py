"""Fluids: tables of all PVT regions in flat arrays, and kernels that look them up.

tables       from the description to arrays
interpolation  piecewise linear functions and their slopes
kernels      water, gas, oil: shrinkage, shrinkage over viscosity, dissolved gas
"""
