"""Making a run happen.

Batch scripts, which need no driver:

- plan: what a batch script runs, and what it asks of its queue (pure)
- jobscript: a job as the text of its batch script (pure)
- chain, submit: which calls of sbatch submit all tasks, and what each waits for (pure)
- unrolled: loops without a driver; runfiles: the run's folder that scripts work in
- render: the scripts of a workflow or of cases, written into a folder
- job: the record of a task, called by its script

- launch: the `mpirun` command line of a local run (pure)
- cores: a rank's share of the cores
- failure: one message when several ranks fail
- local: runs a launch line here, passing on signals
"""
