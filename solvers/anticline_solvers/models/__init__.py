"""Subsurface models: made, imported, resampled, smoothed, and their reflectivity.

anticline     the project's own model: water, young cover, a faulted fold with gas
lenses        models.lenses: Gaussian lenses in a velocity that grows with depth
structure     its geometry: fold, faults, unconformity, restored to flat layers
stratigraphy  its columns of layers, averaged over cells
texture       its random heterogeneity
resampling    a field on another grid
water         where the water layer is; a model on either side of its bottom
smoothing     a field without its short wavelengths; the component seismic.smooth
reflectivity  what a perfect image of a model shows; models.reflectivity
make          models.anticline
start         models.start, what an inversion begins with
comparison    models.compare; comparison_picture what it draws
convergence_map  models.convergence_map; convergence_picture what it draws;
              convergence_components the declarations of this and of the lenses
importing     models.import, from raw binary
regridding    models.resample
spacing       the grid a frequency band asks for
preflight     what keeps a model from being worked on
components    the declarations; parameters what several share
"""
