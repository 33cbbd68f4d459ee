"""What the readers of weight files share: what they raise."""

from __future__ import annotations


class Unreadable(ValueError):
    """A file that cannot be read. `offset` is the byte of the file, or None."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        place = "" if offset is None else f" at byte {offset:,}"
        super().__init__(f"{message}{place}")
        self.offset = offset


class Damaged(Unreadable):
    """What stands in the file is not what a file of its format has there."""


class Unsupported(Unreadable):
    """Sound as far as can be told, but of a kind that is not read here."""
