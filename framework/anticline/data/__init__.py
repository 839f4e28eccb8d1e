"""Public data sets on this machine: found, or downloaded once and checked.

- transfer: one address into one file, whole or told why not; goes on where it broke
- archive: files out of tar and zip archives
- get: what to transfer, one process at a time, under its name when it is sound
- listing: the catalogue as a table and as JSON

What is known is `anticline.component.catalogue`.
"""
