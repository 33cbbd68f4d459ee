"""The style volumes: elements, flows of them, and the picture."""
