"""Making a run happen.

- launch: the `mpirun` command line of a local run (pure)
- cores: how many cores there are, and a rank's share of them
- failure: one message when several ranks fail
- local: runs a launch line here, passing on signals
"""
