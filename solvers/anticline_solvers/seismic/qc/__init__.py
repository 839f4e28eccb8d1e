"""Quality control of a survey, its gathers and its image.

component   seismic.qc: what is asked for, and the order of the work
fold        traces in each midpoint bin
spectra     amplitude spectra of traces, wavelet and image
residuals   modelled against observed gathers, trace by trace
lighting    illumination and focusing of an image
report      all numbers
pictures    all figures
page        one HTML page with numbers and figures
"""
