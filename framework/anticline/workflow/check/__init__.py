"""Everything that keeps a workflow from running, found before anything runs."""
