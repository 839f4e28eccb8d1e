"""Waves scattered once by a perturbation of the velocity: the linear problem.

declaration     what the components take and make
perturbation    reading a perturbation, checking it; component seismic.perturbation
born            seismic.born: scattered gathers
gradient        seismic.linear_gradient: misfit and gradient by the perturbation
"""
