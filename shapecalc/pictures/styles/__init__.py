"""Styles: a Trace in, a scene out; one file each."""
