"""Runs a workflow through Parsl on the queues of a cluster, from a login node.

    python parsl_driver.py WORKFLOW.yaml CLUSTER.yaml RUN

The driver submits blocks of nodes as they are needed and hands tasks to them. It may be
killed at any moment: the same line goes on, and repeats nothing that is done.
"""

import sys

import anticline


def main() -> int:
    """Run it; gives the exit code."""
    workflow, cluster, folder = sys.argv[1:]
    outcome = anticline.run_workflow(workflow, cluster=cluster, folder=folder)
    print(*outcome.lines(), sep="\n")
    return outcome.code


if __name__ == "__main__":
    sys.exit(main())
