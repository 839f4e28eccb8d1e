"""Surviving: what is done about a task that did not end well.

- policy: from how an attempt ended to what comes next (pure)
- patience: when a queue without capacity hands its tasks to another (pure)
"""
