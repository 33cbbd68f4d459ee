"""Reports: a Trace in, text out. They do no arithmetic and know no terminal."""
