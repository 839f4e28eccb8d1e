"""submit.sh: the calls of sbatch that submit all jobs of a folder; pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby

from anticline.cluster.costs.budget import Spending
from anticline.cluster.costs.table import known
from anticline.execution.batch.chain import Submission, Wait
from anticline.execution.batch.jobscript import RENDERED

SUBMIT = "submit.sh"

_HEAD = """\
#!/bin/bash
{rendered}
# {what}
# Each job starts when those whose files it reads are done. Submit again at any time to
# go on: what is done is not repeated.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p logs
{budget}
list=logs/jobs.txt  # of the last submission
numbers() {{ paste -sd, "$list"; }}
if [[ -s $list && $(squeue{cluster} -h -j "$(numbers)" 2>/dev/null) ]]; then
    echo "its jobs wait or run; see: squeue{cluster} -j $(numbers)" >&2
    exit 1
fi
: >"$list"
trap 'echo "not all are submitted; take back: scancel{cluster} $(xargs <"$list")" >&2' ERR

submit() {{  # sbatch's options, a script, what it is told; gives the job's number
    local id
    id=$(sbatch{cluster} --parsable --kill-on-invalid-dep=yes "$@") || return
    echo "${{id%%;*}}" | tee -a "$list"
}}

"""  # noqa: E501  a line of shell
# A lower limit for this submission alone: BUDGET_USD=100 ./submit.sh
_BUDGET = """
may_cost_usd={usd:.2f}  # {basis}, at the prices of {date}
budget_usd=${{BUDGET_USD:-{limit:g}}}
if awk "BEGIN {{ exit !($may_cost_usd > $budget_usd) }}"; then
    echo "its jobs may cost $may_cost_usd USD and the budget is $budget_usd" >&2
    exit 1
fi
"""
_TAIL = """
echo "submitted {count} jobs; see: squeue{cluster} --me{then}"
"""


def submit_script(
    submissions: Sequence[Submission],
    scripts: Sequence[str],
    what: str,
    slurm_cluster: str | None,
    run: str | None,
    spending: Spending | None = None,
) -> str:
    """Write submit.sh.

    scripts : of each submission, beside submit.sh. what : is submitted, for a reader.
    run : the run's folder from submit.sh; None: the jobs are cases of their own.
    spending : what they may cost; None: there is no budget.
    """
    cluster = f" -M {shlex.quote(slurm_cluster)}" if slurm_cluster else ""
    then = f"; how it goes: anticline status {run}" if run else ""
    budget = "" if spending is None else _budget(spending)
    head = _HEAD.format(rendered=RENDERED, what=what, cluster=cluster, budget=budget)
    lines = [
        _line(made, script, told=run is not None)
        for made, script in zip(submissions, scripts, strict=True)
    ]
    tail = _TAIL.format(count=len(submissions), cluster=cluster, then=then)
    return head + "\n".join(lines) + "\n" + tail


def _budget(spending: Spending) -> str:
    lacking = f", without {', '.join(spending.unknown)}" if spending.unknown else ""
    basis = "at most" if spending.bounded else "by an earlier run"
    return _BUDGET.format(
        usd=spending.usd,
        basis=basis + lacking,
        date=known().date,
        limit=spending.limit_usd,
    )


def _line(made: Submission, script: str, *, told: bool) -> str:
    words = [f"--array={made.array}"] if made.array else []
    if made.waits:
        words.append(f"--dependency={dependency(made.waits)}")
    words.append(shlex.quote(script))
    if told:
        words.append(shlex.quote(str(made.folder)))
        words += [str(made.first)] if made.first else []
    return f"{made.variable}=$(submit {' '.join(words)})"


def dependency(waits: Sequence[Wait]) -> str:
    """Write what --dependency says: afterok:$model:$survey,aftercorr:$shots."""
    by_kind = groupby(sorted(waits, key=lambda wait: wait[0]), key=lambda wait: wait[0])
    return ",".join(
        ":".join((kind, *(job for _, job in group))) for kind, group in by_kind
    )
