"""The acoustic update, as twins with one signature.

setup      what a kernel is built from
reference  NumPy: the specification, and the oracle of the contract tests
compiled   generated text as files that Numba's disk cache serves
generate   source text of the row kernels
layers     source text of the layers' terms, from the table of terms
cpu        Numba: the generated kernels, compiled once per physics and order
march      source text of several time steps, tile by tile
tiling     how tiles of space and time are cut
points     sources and receivers, on all rows or on those of a tile
cuda       the programs of acoustic.cu and points.cu on a GPU
cuda_source  their text, with the layers' terms from the table
tiles      a box cut into the tiles of GPU blocks
"""
