"""What a discretisation is made of, free of any physics.

- `stencils`       finite-difference weights of every space order
- `stability`      admissible time steps and spacings, and which numbers to use
- `absorbing`      convolutional perfectly matched layers
- `interpolation`  sources and receivers between the cells
- `dispersion`     the time-stepping error taken out of wavelets and traces
- `storage`        a forward wavefield in reverse order, within a memory budget
"""
