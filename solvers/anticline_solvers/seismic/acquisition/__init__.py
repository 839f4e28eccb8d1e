"""Where and with what waves are made and heard, and what is done to the traces.

spreads      lines and tables of sources and receivers
survey       the component seismic.survey
wavelets     samples of a source, and its band
aperture     the window of a model that a shot is computed on
recording    traces as a run records them
mute         traces silenced before and around the direct wave
preparation  traces as a migration takes them
"""
