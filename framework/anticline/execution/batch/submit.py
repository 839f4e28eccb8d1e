"""submit.sh: the calls of sbatch that submit all jobs of a folder; pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby

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
    id=$(sbatch{cluster} --parsable --kill-on-invalid-dep=yes "$@")
    echo "${{id%%;*}}" | tee -a "$list"
}}

"""  # noqa: E501  a line of shell
_TAIL = """
echo "submitted {count} jobs; see: squeue{cluster} --me{then}"
"""


def submit_script(
    submissions: Sequence[Submission],
    scripts: Sequence[str],
    what: str,
    slurm_cluster: str | None,
    run: str | None,
) -> str:
    """Write submit.sh.

    scripts : of each submission, beside submit.sh. what : is submitted, for a reader.
    run : the run's folder from submit.sh; None: the jobs are cases of their own.
    """
    cluster = f" -M {shlex.quote(slurm_cluster)}" if slurm_cluster else ""
    then = f"; how it goes: anticline status {run}" if run else ""
    head = _HEAD.format(rendered=RENDERED, what=what, cluster=cluster)
    lines = [
        _line(made, script, told=run is not None)
        for made, script in zip(submissions, scripts, strict=True)
    ]
    tail = _TAIL.format(count=len(submissions), cluster=cluster, then=then)
    return head + "\n".join(lines) + "\n" + tail


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
