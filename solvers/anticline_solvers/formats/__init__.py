"""Files the solvers read and write; each is an interface, named and versioned inside.

hdf5         whole files: written beside and renamed, opened with their format checked
contents     parts of an open file; what is missing is named
distributed  one array written by many ranks, collectively or gathered
owner        which process a file belongs to
provenance   who made a file, from what
geometry     a grid and its place on the map
model        subsurface models: vp, rho, ... on a grid
survey       shots, receivers and the wavelet
gathers      recorded traces, one data set a shot, with their survey
image        migrated images and their illumination
checkpoint   shots under way, as global arrays
sealed       whole and unchanged files, told from broken ones by their bytes
text         lines of a text file that people write
report       JSON that says whose result it is
raw          raw binary arrays of a described layout
"""
