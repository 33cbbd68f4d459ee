"""The arithmetic of shapes in a graph: operators on small arrays, one file for each sort."""
