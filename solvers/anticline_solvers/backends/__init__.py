"""Array backends: which kernels of a physics run, loaded when asked for.

base       the protocol that every backend's kernels follow, and how they are found
cpu        how kernels are compiled by Numba
free_memory  what a process may still take
denormals  the smallest numbers become zero while a kernel runs
"""
