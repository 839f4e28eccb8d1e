"""Gathers made from gathers, one shot in memory at a time.

band         component: a band of them, on fewer samples, with its wavelet
resampling   traces filtered and read at another interval, exactly
noise        component: the same with random noise, and with dead traces
several      files of parts of a survey, read as the whole
declaration  what they take and make
"""
