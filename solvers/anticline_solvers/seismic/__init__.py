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
correlation   one shot migrated, and taken up again  keeping      its source wavefield
recording     one gather modelled, and taken up again
shots         shots over groups of ranks             counter      who takes the next
watch         when to stop and to write a checkpoint agreement    of a group's ranks
restart       checkpoints of a shot under way        identity     what a result is from
shot_files    finished shots, kept                   stack        their sum
stacking      the sum, by all ranks
checks        what keeps a case from running         capacity     ranks, memory, disk
run_lock      one run of a case at a time            born         linearised modelling
pictures      figures of these files                 components   the declarations
"""
