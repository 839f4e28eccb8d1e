"""Workers in jobs that come and go, hired through Parsl.

executors      orders as futures                           station  hiring, beside
configuration  a cluster's queue as Parsl's executor      address  where nodes find us
executor       tasks that weigh, blocks that may fail     slots    a task's share (pure)
interchange    which block a task goes to                 timing   who waits how long
slurm          blocks as jobs, asked after patiently      worker   orders in, ends back
"""
