"""From two wavefields to an image.

migration       the wavefields of a shot: source forward, receivers backward
correlation     both brought together, an imaging step at a time
conditions      what is summed of them; kernels has its twins
keeping         how the source wavefield is kept until it is needed
reconstruction  ... put together again from its boundaries
image_gathers   images over subsurface offset; gather_choice where, angles to angle
stack           sums over shots by a tree of fixed shape; stacking keeps its branches
image_output    mutes, scales and writes
"""
