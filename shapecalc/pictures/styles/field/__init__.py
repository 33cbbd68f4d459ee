"""The style field: what outputs see, the input with squares on it, and the numbers."""
