"""Making a run happen.

Batch scripts, which need no driver:

- plan: what a batch script runs, and what it asks of its queue (pure)
- jobscript: a job as the text of its batch script (pure)
- chain, submit: which calls of sbatch submit all tasks, and what each waits for (pure)
- unrolled: loops without a driver; runfiles: the run's folder that scripts work in
- render: the scripts of a workflow or of cases, written into a folder
- job: the record of a task, called by its script

Workers, in jobs that come and go (docs/explanation/execution.md):

- order: what a node is told to run, and how it ended
- parsl_apps: orders as futures; parsl_config: a queue as Parsl's executor; address
- blocks, slurm_blocks: jobs that hold workers; interchange: which one a task goes to
- slots: the share of a block that a task takes (pure); timing: who waits how long
- block: the program of a block, and its signals; worker: what it does with a message
- attempt: one attempt at a task; warm: in this process; steps: as ranks of their own
- driving: calling a component's driver; outcome: what ranks leave; measure; pinning
- sharing, leases: who of a node's tasks goes next, on which cores

The driver, event by event (docs/howto/run_a_workflow.md):

- run: a run begun, resumed, cancelled; runfolder: its folder; setting
- driver: the loop; inbox: what it waits for; notes: what it writes; workers: its hands
- book: the tasks that are known, and which are done; key: what a result depends on
- frontier: which tasks can start; dispatch, queues: where (pure); droughts: where not
- orders, folders: a task's folder made ready; claim: one attempt at a task at a time
- orphans: what a dead driver left; steering: queues from the command line
- display: progress; verdicts: how it ended

Further:

- launch: the `mpirun` command line of a local run (pure)
- cores: a rank's share of the cores
- failure: one message when several ranks fail
- local: runs a launch line here, passing on signals
"""
