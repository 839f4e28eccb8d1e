"""From steps to tasks: what runs, after what, and where its files lie; pure."""
