"""The style graph: blocks, columns of them, and the picture."""
