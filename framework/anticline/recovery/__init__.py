"""Surviving failures, pre-emption and the end of a walltime."""
