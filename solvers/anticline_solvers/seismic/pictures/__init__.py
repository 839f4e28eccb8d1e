"""Models, surveys, gathers and images as PNG.

figures          one picture for each format
gather_pictures  image gathers over offset or angle
sections         planes through a volume
side_by_side     an image beside its reference
drawing          axes, colours, saving
viewers          what `anticline plot` finds
"""
