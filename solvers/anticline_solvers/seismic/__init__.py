"""Seismic surveys: drivers for any propagator.

forward      component: model gathers
rtm          component: migrate gathers
stack        component: add images of parts of a survey
compare      component: judge an image
components   the declarations of all of them

acquisition  sources, receivers, wavelets, traces; component: lay out a survey
imaging      from two wavefields to an image
conditioning filters, mutes, windows, weights of traces
misfits      how far predicted traces are from observed ones
gathers      components: a band of gathers, gathers with noise
wavelet_estimation  component: the source wavelet of gathers
shots        many shots on groups of ranks, interrupted and gone on with
pictures     models, surveys, gathers and images as PNG
qc           component: what data, illumination and image are worth

modelling    waves on windows of a model            timeloop  the loop over steps
physics      what the drivers ask of a propagator   born      linearised modelling
checks       what keeps a case from running         capacity  ranks, memory, disk
fitness      whether data and model belong together
"""
