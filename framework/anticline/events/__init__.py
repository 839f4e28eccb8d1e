"""What happened in a run: an append-only log, and what is derived from it.

- record: the events, and their form in the log
- log: adding events, and reading them while they are written
"""
