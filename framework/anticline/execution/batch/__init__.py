"""Batch scripts, which need no driver.

plan       what one script runs, and what it asks of its queue (pure)
jobscript  a job as the text of its script (pure)
chain      which calls of sbatch submit all tasks, and what each waits for (pure)
submit     these calls as submit.sh (pure)
unrolled   loops: all iterations are submitted, and some have no work
runfiles   the run's folder that scripts work in
render     the scripts of a workflow or of cases, written into a folder
job        the record of a task, called by its script
"""
