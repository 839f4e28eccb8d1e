"""Making a run happen.

- plan: cases as tasks of a queue (pure)
- jobscript: a task as the text of its batch script (pure)
- render: batch scripts of cases, written into a folder
- launch: the `mpirun` command line of a local run (pure)
- cores: a rank's share of the cores
- failure: one message when several ranks fail
- local: runs a launch line here, passing on signals
"""
