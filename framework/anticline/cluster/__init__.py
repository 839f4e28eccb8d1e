"""Where workflows can run.

- model: a cluster and its queues, as data
- document: configs/clusters/*.yaml, with findings that name lines
- local: a real Slurm on this one machine
"""
