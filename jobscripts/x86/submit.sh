#!/bin/bash
# Rendered by anticline; change the workflow, the case or the cluster file.
# Submits workflow anticline_2d to aws.
# Each job starts when those whose files it reads are done. Submit again at any time to
# go on: what is done is not repeated.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p logs

may_cost_usd=4.03  # at most, at the prices of 2026-09-20
budget_usd=${BUDGET_USD:-500}
if awk "BEGIN { exit !($may_cost_usd > $budget_usd) }"; then
    echo "its jobs may cost $may_cost_usd USD and the budget is $budget_usd" >&2
    exit 1
fi

list=logs/jobs.txt  # of the last submission
numbers() { paste -sd, "$list"; }
if [[ -s $list && $(squeue -M anticline-x86 -h -j "$(numbers)" 2>/dev/null) ]]; then
    echo "its jobs wait or run; see: squeue -M anticline-x86 -j $(numbers)" >&2
    exit 1
fi
: >"$list"
trap 'echo "not all are submitted; take back: scancel -M anticline-x86 $(xargs <"$list")" >&2' ERR

submit() {  # sbatch's options, a script, what it is told; gives the job's number
    local id
    id=$(sbatch -M anticline-x86 --parsable --kill-on-invalid-dep=yes "$@") || return
    echo "${id%%;*}" | tee -a "$list"
}

model=$(submit model.sh steps/model)
smooth=$(submit --dependency=afterok:$model smooth.sh steps/smooth)
survey=$(submit --dependency=afterok:$model survey.sh steps/survey)
reflectivity=$(submit --dependency=afterok:$model reflectivity.sh steps/reflectivity)
shots=$(submit --array=0-7 --dependency=afterok:$model:$survey shots.sh steps/shots)
image=$(submit --array=0-7 --dependency=aftercorr:$shots,afterok:$smooth image.sh steps/image)
stack_1_0=$(submit --dependency=afterok:${image}_0:${image}_1:${image}_2:${image}_3 stack.sh steps/stack/1.0)
stack_1_1=$(submit --dependency=afterok:${image}_4:${image}_5:${image}_6:${image}_7 stack.sh steps/stack/1.1)
stack=$(submit --dependency=afterok:$stack_1_0:$stack_1_1 stack.sh steps/stack)
compare=$(submit --dependency=afterok:$stack:$reflectivity compare.sh steps/compare)

echo "submitted 10 jobs; see: squeue -M anticline-x86 --me; how it goes: anticline status run"
