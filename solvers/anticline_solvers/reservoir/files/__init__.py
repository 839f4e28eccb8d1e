"""The simulator's own files.

tree    frozen values as groups and data sets, and back
model   a description: `anticline-reservoir/1`
curves  curves of a run: `anticline-curves/1`
"""
