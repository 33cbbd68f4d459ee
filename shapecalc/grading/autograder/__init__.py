"""An autograder for Gradescope: a zip archive of an assignment, its networks, and what marks them.

Gradescope runs `setup.sh` once, and `run_autograder` for every submission
(https://gradescope-autograders.readthedocs.io). shapecalc comes as the wheel of what is installed
here, and not from a package index.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.autograder.wheel import own_wheel
from shapecalc.grading.question import Assignment

SCRIPTS = ("setup.sh", "run_autograder")
NAME = "assignment.yaml"  # what run_autograder looks for; JSON is read as YAML, too
COURSE = "course"  # the folder of the archive that holds the assignment and the networks
WHEN = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive


class NotPacked(Exception):
    """An assignment of which no archive can be made; the text says why."""


def archive(assignment: Assignment) -> bytes:
    """Return the archive of an assignment that was read from a path.

    Raises NotPacked, and OSError for a network that cannot be opened any more.
    """
    file = Path(assignment.file or "")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in SCRIPTS:
            _add(packed, name, (Path(__file__).parent / name).read_bytes(), program=True)
        for name, path in laid_out(file, assignment.document.data).items():
            _add(packed, name, path.read_bytes())
        name, wheel = own_wheel()
        _add(packed, name, wheel)
    return whole.getvalue()


def laid_out(file: Path, data: Any) -> dict[str, Path]:
    """Return the assignment and the networks that it names, by their places in the archive: seen
    from one another these are as they are here. Raises NotPacked.
    """
    home = os.path.abspath(file.parent)
    paths = {os.path.abspath(file.parent / spec): spec for spec in named_networks(data)}
    for spec in paths.values():
        if os.path.isabs(spec):
            raise NotPacked(
                f"the network {quote(spec)} is elsewhere in the archive:"
                " write its path as seen from the assignment"
            )
    top = os.path.commonpath([home, *map(os.path.dirname, paths)])
    found = {_inside(top, path): Path(path) for path in paths}
    own = _inside(top, os.path.join(home, NAME))
    if own in found:
        raise NotPacked(f"a network is called {NAME}, as the assignment is in the archive")
    return {own: file, **found}


def _inside(top: str, path: str) -> str:
    return str(PurePosixPath(COURSE, *Path(os.path.relpath(path, top)).parts))


def named_networks(data: Any) -> Iterator[str]:
    """Yield the paths of an assignment's networks."""
    if not isinstance(data, Mapping):
        return
    questions = data.get("questions")
    listed = questions if isinstance(questions, list) else []
    for holder in (data, *listed):
        spec = holder.get("spec") if isinstance(holder, Mapping) else None
        if isinstance(spec, str):
            yield spec


def _add(packed: zipfile.ZipFile, name: str, content: bytes, program: bool = False) -> None:
    info = zipfile.ZipInfo(name, WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, whose permissions these are
    info.external_attr = (0o755 if program else 0o644) << 16
    packed.writestr(info, content)
