"""SEG-Y in and out of workflows, and surveys described.

components     what the folder offers to a workflow
reading        from a case's parameters to an opened file, doubts told
findings       what the headers of all traces say, and what is odd in them
placing        map positions turned into the model's frame
gathers_in     segy.import_gathers: copied, or read in place shot by shot
gathers_out    segy.export_gathers
columns        traces binned onto the columns of a grid
model_in       segy.import_model
grids_out      segy.export_model, segy.export_image
output         a SEG-Y file that belongs to a case
command        `anticline survey describe`
description    what it tells of a file
extents        geometry of any number of traces, gathered piece by piece
fold           the fold map
"""
