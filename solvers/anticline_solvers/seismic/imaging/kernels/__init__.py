"""Imaging conditions at one imaging step, twins with one signature.

reference   NumPy: the specification
cpu         Numba: the same products and sums in the same order, threaded
cuda        the programs of imaging.cu on a GPU: likewise

All add to an image, to illuminations and to image gathers; see `imaging.conditions`
and `imaging.image_gathers`.
"""
