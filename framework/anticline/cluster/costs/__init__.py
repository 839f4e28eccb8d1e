"""What a cluster on AWS costs.

- prices.yaml: the one dated table of prices, watts and facts, with their sources
- table: that table as data
- refresh: the table anew, from AWS's price list
- services: the price list's questions and answers about services
- standing: what is paid while no job runs
- estimate: what a workflow would take, and what it would cost
- budget: whether that may be spent
"""
