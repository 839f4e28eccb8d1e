"""Misfit and its exact discrete gradient, shot by shot.

declaration      what the components take and make
component        seismic.gradient: check and run
job              the shots of a run; one shot from its traces to its gradient
adjoint_source   from the traces recorded forward to what acts backward
aliasing         frequencies that sparse sums would take for others
sums             what is added up at each imaging step
finishing        from those sums to the derivative by a parameter of the model
subset           the shots of an iteration
records          predicted traces and residuals of some shots, for pictures
output           the gradient's file
sum_component    seismic.sum_gradients
"""
