"""Where workflows can run.

- model: a cluster and its queues, as data
- here: this machine's own cores and memory, what `auto` stands for
- document: configs/clusters/*.yaml, with findings that name lines
- laptop: this machine as a cluster, where a run names none
- site: what an existing Slurm says of its partitions and nodes (pure)
- describe, discover: a cluster file from that
- local: a real Slurm on this one machine
"""
