"""The words of PyTorch, Keras and other tools, once: for reading, for hints, for what converts.

Nothing here knows the layers themselves; a kind is its name.
"""
