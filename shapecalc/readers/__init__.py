"""Readers: a spec's text in, plain data with places out."""
