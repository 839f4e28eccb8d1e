"""A real Slurm on this one machine, with nodes that share its cores.

It has sockets, ports and folders of its own and leaves any other Slurm, munge or
database on the machine alone. Needs root, and the programs of Debian's packages
slurm-wlm, slurmdbd, munge and mariadb-server-core.

- configuration: the texts that its daemons read (pure)
- daemons: one process each, started, found again, stopped
- slurm: all of one local Slurm's daemons, in order, and its commands
- control: up, down, status
"""
