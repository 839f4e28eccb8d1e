"""Array backends: which kernels of a physics run, loaded when asked for.

base  the protocol that every backend's kernels follow, and how they are found
"""
