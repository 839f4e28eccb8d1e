"""Making a run happen.

driver   a run of a workflow, event by event (docs/howto/run_a_workflow.md)
batch    batch scripts in the place of a driver (docs/howto/run_on_slurm.md)
blocks   workers in jobs that come and go, hired through Parsl
node     what happens on the machine where a task runs (docs/explanation/execution.md)
"""
