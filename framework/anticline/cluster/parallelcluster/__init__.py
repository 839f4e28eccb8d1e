"""A cluster description as the configuration of AWS ParallelCluster.

- configuration: a description and one of its Slurm clusters -> ParallelCluster's keys
- queues: the part of a queue
- text: those keys as the text of a file
- check: what ParallelCluster or EC2 would refuse, with its place in the description
- stacks: the names that CloudFormation gave, put into a description

Source: docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
"""
