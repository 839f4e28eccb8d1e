"""The source wavelet, from observed and predicted gathers.

component    seismic.wavelet: reads, estimates, writes
matching     the filter that turns predicted traces into observed ones
shaping      the wavelet that the filter makes of the first one
estimation   over all shots, and what each shot says of the result
picture      what is drawn
declaration  what the component takes and makes
"""
