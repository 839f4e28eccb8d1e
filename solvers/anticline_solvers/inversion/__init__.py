"""Inversion of any physics: a state machine between evaluations of a misfit.

machine           begin and advance: searches and what they accept
linear            the same for a quadratic misfit, without searches
directions        limited-memory BFGS, nonlinear conjugate gradients
line_search       a step at a time
stopping          whether an accepted model is the last
box               bounds of every cell
preconditioner    illumination, and smoothing: the first guess of the inverse Hessian
smoothing         Gaussians as a symmetric positive operator
terms             Tikhonov, total variation
problem           start, bounds, terms: what does not change
settings, state   how to invert; where an inversion stands
parameterisation  velocity, slowness, slowness squared
arithmetic        sums with the same bits every time

components        what a workflow is offered: inversion.begin, inversion.advance
beginning         inversion.begin; preflight: what keeps it from beginning
bounding, masks   bounds and fixed cells from numbers and files
advancing         inversion.advance; evaluated: the gradient's file
files, kept       a state and its model as files; reporting: the report
pictures          misfit, model and change of a state
"""
