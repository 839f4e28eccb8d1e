"""Corner-point geometry: cells between pillars, and what flows through their faces.

pillars           coordinate lines and corner depths, cell corners
boxes             the same of a grid given by cell sizes and tops
overlap           the part of a face that two cells on either side of it share
transmissibility  half transmissibilities, connections, neighbours across faults
"""
