"""Public data sets: what they are, whose, and where on this machine they lie.

- declare: Dataset, DataFile, Archive; document: reading them from YAML
- known: the catalogue of this installation, plugins' and the user's included
- locate: the file behind a name, in ANTICLINE_DATA or in the cache
- public.yaml: the data sets that anticline itself knows

Nothing here reaches the network; `anticline.data` downloads.
"""
