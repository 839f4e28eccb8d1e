"""SEG-Y files, revisions 0, 1 and 2, of any size: read by traces, never whole.

fields     trace header fields: their bytes and widths, and a case's own mapping
samples    sample formats: stored bytes to float32 and back
binary     the 400-byte binary header: byte order, revision, format, counts
layout     where each trace of a file lies; what is short, or lies, is named
text       the 3200-byte textual header
traces     an open file: headers and samples of chosen traces
positions  scalars applied: map coordinates, depths, delays in SI units
index      one pass over all headers, kept in a cache for large files
shots      traces grouped into shots
linked     gathers that stay in a SEG-Y file, read shot by shot
writer     a new file, traces written in blocks

SEG Technical Standards Committee, SEG-Y revision 2.0 (2017); revision 1 (2002);
K. M. Barry, D. A. Cavers, C. W. Kneale (1975), Geophysics 40(2),
doi:10.1190/1.1440530. Bytes are counted from 1, as these do.
"""
