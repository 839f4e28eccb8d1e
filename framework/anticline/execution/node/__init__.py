"""What happens on the machine where a task runs.

order      what a node is told, and how it ended      claim    one attempt at a time
attempt    one attempt at a task                      outcome  what its ranks leave
warm       a task of one rank in this process         ranks    ... with ranks of its own
component  calling a component's driver               wrapped  ... or its executable
block      the program of a block, and its signals
leases     of cores, memory and GPUs                  sharing  who goes next (pure)
pinning    CPUs and threads of a task                 gpus     those it was granted
launch     the command line of local ranks (pure)     local    running it
launched   which rank this process is                 cores    its share of the machine
measure    what a process used                        failure  one message for all ranks
"""
