"""Saturation functions: tables of all regions, look-ups, three-phase oil.

tables       from the description to arrays, with end points
three_phase  relative permeability of oil among water and gas
"""
