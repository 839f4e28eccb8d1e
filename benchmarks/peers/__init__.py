"""Contestants: one script each, run by its own Python, answering `serve` requests.

anticline_acoustic   this project, one process
anticline_ranks      this project, several ranks
devito_acoustic      Devito, from its own environment (`devito.lock`)
memory               the machine's memory, the limit of all of them
"""
