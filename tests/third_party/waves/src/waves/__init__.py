"""Samples of waves, and what is made of them."""
