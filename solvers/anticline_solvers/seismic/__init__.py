"""Seismic surveys: drivers for any propagator.

survey        component: lay out a survey            acquisition, wavelets
forward       component: model gathers               modelling, timeloop
rtm           component: migrate gathers             preparation, imaging, migration
compare       component: judge an image

acquisition   sources and receivers                  wavelets     source wavelets
modelling     waves on windows of a model            timeloop     the loop over steps
aperture      the window of a shot                   mute         tapers
preparation   from recorded to injected data
imaging       imaging conditions                     kernels      their inner loops
shots         shots over groups of ranks             counter      who takes the next
shot_files    finished shots, kept                   stack        their sum
checks        what keeps a case from running         capacity     ranks, memory, disk
run_lock      one run of a case at a time            born         linearised modelling
pictures      figures of these files                 components   the declarations
"""
