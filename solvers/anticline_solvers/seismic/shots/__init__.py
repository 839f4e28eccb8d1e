"""Many shots on groups of ranks, interrupted and gone on with.

schedule   which group computes which shot; counter hands them out
files      a file for each finished shot; data the traces it starts from
parts      a share of the shots; identity what makes a shot's result the same
agreement  how ranks agree to stop; watch looks for a reason to
restart    checkpoints inside a shot
run_lock   one run at a time in a folder
"""
