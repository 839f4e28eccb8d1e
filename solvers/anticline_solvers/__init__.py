"""Solvers of anticline: wave propagation, imaging and reservoir simulation."""
