"""What is raised for a file of PyTorch that is damaged, or not a network."""

from __future__ import annotations


class Malformed(ValueError):
    """A file that says it is PyTorch's, and is not as PyTorch writes it.

    `node` is the name of the node that is wrong, if one is; `hint` what to do, where it is not to
    export again.
    """

    def __init__(self, message: str, node: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.node, self.hint = message, node, hint


class NoProgram(Malformed):
    """A sound file that does not tell one network."""
