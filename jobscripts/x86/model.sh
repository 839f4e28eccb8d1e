#!/bin/bash
# Rendered by anticline; change the workflow, the case or the cluster file.
# step model: models.anticline, on queue x86 (hpc7a.96xlarge)
#SBATCH --job-name=model
#SBATCH --partition=x86
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=192
#SBATCH --mem=746496M
#SBATCH --time=00:30:00
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=logs/%x-%j.log

source /shared/anticline/x86_64/activate.sh
export OMP_NUM_THREADS=192 NUMBA_NUM_THREADS=192

# Which task this is, submit.sh says: a folder, and of an array the element in it.
task=run/$1${SLURM_ARRAY_TASK_ID:+/$(printf %03d "$SLURM_ARRAY_TASK_ID")}
record() { python -P -m anticline.execution.batch.job "$@"; }
record finished "$task"
case $? in
    0) exit 0 ;;  # its result is there: nothing is repeated
    1) ;;         # it is to be run
    *) exit 70 ;;
esac
began=$EPOCHREALTIME
export ANTICLINE_OUTCOME=$task/outcome.json

# The signal comes 120 s before the walltime, or with a pre-emption.
trap 'kill -USR1 "$ranks" 2>/dev/null' USR1 TERM

srun --mpi=pmix --cpus-per-task=192 --cpu-bind=cores --kill-on-bad-exit=0 \
    anticline-rank models.anticline "$task/case.json" >>"$task/log.txt" 2>&1 &
ranks=$!
wait "$ranks"
code=$?
while kill -0 "$ranks" 2>/dev/null; do  # a signal ends wait, not the ranks
    wait "$ranks"
    code=$?
done
record ended "$task" "$code" "$began" || code=70

# 75: stopped early, finished work is kept; the same job goes on from it.
if ((code == 75 && ${SLURM_RESTART_COUNT:-0} < 50)); then
    scontrol requeue "$SLURM_JOB_ID"
    sleep 60  # Slurm ends this script meanwhile
fi
exit "$code"
