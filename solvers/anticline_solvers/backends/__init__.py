"""Array backends: which kernels of a physics run, loaded when asked for.

base       the protocol that every backend's kernels follow, and how they are found
memory     where a backend's arrays live; what a device is asked
cpu        how kernels are compiled by Numba
cuda       NVIDIA devices through CuPy
free_memory  what a process may still take
denormals  the smallest numbers become zero while a kernel runs
"""
