"""What happened in a run: an append-only log, and what is derived from it.

- record: the events, and their form in the log
- log: adding events, and reading them while they are written
- driver: the lock of the one living driver
- query: RunState, the fold of all events; progress: its parts
- estimate: throughput and the time left
- efficiency: what tasks took and how well they used what they held
- timeline: when which task ran where
"""
