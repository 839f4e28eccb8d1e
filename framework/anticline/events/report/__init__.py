"""One self-contained page about a run: `anticline report RUN`.

- page: everything together, written as RUN/report.html
- graph: the steps and what they read, laid out
- gantt: when which task ran, as bars on an axis without long idle gaps
- tables: figures, timings, failures, repeats, parameters, provenance
- pictures: results, drawn by the registered viewers
- templates/: the page and its style
"""
