"""What to run: steps of components, linked by their files.

- graph: Workflow, Step, Loop, Link, Grid, Follow: frozen data
- task: one run of one step's component, and where its files lie
"""
