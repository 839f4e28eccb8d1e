"""What happened in a run: an append-only log, and what is derived from it.

- record: the events, and their form in the log
- log: adding events, and reading them while they are written
- driver: the lock of the one living driver
- query: RunState, the fold of all events; progress: its parts
- disk: what the tasks' folders tell that no event does
- runs: a run as somebody finds it: folder, state, driver
- estimate: throughput and the time left
- efficiency: what tasks took and how well they used what they held
- timeline: when which task ran where
- status, view, watch: where a run stands, in lines, on a terminal, live
- telling, amounts: events, durations and sizes in words
- report/: a run as one page
- cleaning: freeing what a run can make again
"""
