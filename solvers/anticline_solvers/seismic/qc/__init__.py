"""Quality control of a survey, its gathers and its image.

declaration what seismic.qc takes and makes
component   its driver
fold        traces in each midpoint bin
spectra     amplitude spectra of traces, wavelet and image
residuals   modelled against observed gathers, trace by trace
lighting    illumination and focusing of an image
report      all numbers
pictures    all figures
page        one HTML page with numbers and figures
"""
