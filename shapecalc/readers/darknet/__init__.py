"""Darknet's .cfg files: sections of options in, a spec out, with the arithmetic of Darknet.

Both lines of Darknet are read, Redmon's and the one that Bochkovskiy and others went on with. Files
that a section names (a tree, a map of classes) are never opened.

sections.py reads the text, network.py goes through the sections in their order, layers.py, joins.py
and recurrent.py know what they are, heads.py what stands in front of a detector, and document.py
gives the document with its places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapecalc.document import Document
    from shapecalc.readers.base import File

endings = (".cfg",)

FIRST = (b"[net]", b"[network]", b"[convolutional]")  # the last: without the one that sizes it


def claims(start: bytes, name: str) -> bool:
    """Say whether a text begins with a section of Darknet's."""
    at = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    while at < len(start):
        end = start.find(b"\n", at) + 1 or len(start)
        bare = start[at:end].strip()
        if bare and bare[:1] not in b"#;":
            return bare[:1] == b"[" and b"".join(bare.split()).startswith(FIRST)
        at = end
    return False


def read(file: File) -> Document | None:
    """Return a file's document; None where its [net] is another program's."""
    from shapecalc.readers.darknet import document  # few files are Darknet's

    return document.of_file(file)
