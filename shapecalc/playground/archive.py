"""The Python that the browser gets, without what no page can reach: the standard library with the
dependencies, shapecalc, and what of shapecalc is fetched only once something asks for it.

Pyodide's own interpreter compiles it, in Node, so that it fits whatever Python builds the page.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from shapecalc.playground.packages import WEB, run

PACKAGE = Path(__file__).resolve().parents[1]
# Parts of shapecalc that no call of the bridge needs. The executor needs NumPy, which has no wheel
# for this platform.
LEFT_OUT = (
    "cli", "executor", "sweep",
    "playground/web", "playground/specs", "playground/wheels.json", "playground/archive.py",
    "playground/build.py", "playground/examples.py", "playground/notices.py",
    "playground/one_file.py", "playground/packages.py",
    "reports/diagnostics", "reports/notebook.py",
    "grading/autograder", "grading/class_run.py", "grading/exports", "grading/handout",
    "grading/quiz/moodle_xml.py", "grading/regrading.py",
)  # fmt: skip
# Parts that a first look at a spec does without: files of frameworks, weights, homework. Of readers
# the folders' own modules stay, which tell whose a file is.
LATER = (
    "checkpoints/", "comparison/", "exporters/", "grading/", "reports/dialects/", "weights/",
    "readers/caffe/", "readers/darknet/", "readers/keras/", "readers/onnx/", "readers/pytorch/",
    "readers/tensors/", "readers/tflite/",
)  # fmt: skip
# Modules of the standard library, likewise, and of encodings all but those of text that is met.
UNUSED = {
    "__hello__", "__phello__", "_aix_support", "_android_support", "_apple_support",
    "_ios_support", "_osx_support", "_pydatetime", "_pydecimal", "_pyio", "_pyrepl",
    "_strptime", "antigravity", "argparse", "bdb", "cProfile", "cmd", "code", "colorsys",
    "compileall", "configparser", "ctypes", "curses", "dbm", "doctest", "ensurepip", "filecmp",
    "fileinput", "ftplib", "getopt", "getpass", "gettext", "graphlib", "http", "idlelib",
    "imaplib", "lib2to3", "mailbox", "mimetypes", "modulefinder", "multiprocessing", "netrc",
    "nturl2path", "optparse", "pdb", "plistlib", "poplib", "pprint", "profile", "pstats", "pty",
    "py_compile", "pyclbr", "pydoc", "pydoc_data", "rlcompleter", "runpy", "sched", "shelve",
    "shlex", "smtplib", "socketserver", "sqlite3", "statistics", "stringprep", "symtable",
    "tabnanny", "tarfile", "test", "this", "timeit", "tkinter", "tomllib", "trace",
    "tracemalloc", "tty", "turtle", "unittest", "venv", "wave", "webbrowser", "wsgiref", "xml",
    "xmlrpc", "zipapp",
}  # fmt: skip
ENCODINGS = {
    "__init__", "aliases", "ascii", "cp1252", "cp437", "latin_1", "raw_unicode_escape",
    "unicode_escape", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le",
    "utf_8", "utf_8_sig",
}  # fmt: skip
UNUSED_OF_WHEELS = ("pydantic/v1/", "pydantic/mypy.py", "_yaml/")


class Archives(NamedTuple):
    """What is compiled: an archive that Python imports from, and two that become files."""

    library: Path
    first: Path
    later: Path


def staged(folder: Path, wheels: Sequence[Path]) -> Path:
    """Lay out what the archives are made of, and return the extension of pydantic-core."""
    library, first, later = (folder / name for name in Archives._fields)
    extension = None
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith("pydantic_core/") and name.endswith(".so"):
                    extension = Path(archive.extract(name, folder.parent / "extension"))
                elif name.endswith(".py") and not name.startswith(UNUSED_OF_WHEELS):
                    # an extension is loaded from a file, and its package is where it is
                    archive.extract(name, first if name.startswith("pydantic_core/") else library)
    shutil.copytree(PACKAGE, first / "shapecalc", ignore=_ignored)
    for path in sorted((first / "shapecalc").rglob("*")):
        if path.is_file() and is_later(path.relative_to(first / "shapecalc").as_posix()):
            target = later / path.relative_to(first)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    assert extension is not None, "the locked wheel has an extension"
    return extension


def is_later(file: str) -> bool:
    """Say whether a file of shapecalc is fetched only once something asks for it."""
    return file.startswith(LATER) and not re.fullmatch(r"readers/\w+/__init__\.py", file)


def _ignored(folder: str, names: list[str]) -> set[str]:
    inside = Path(folder).resolve().relative_to(PACKAGE)
    return {n for n in names if n == "__pycache__" or (inside / n).as_posix() in LEFT_OUT}


def packed(work: Path, modules: Path, folder: Path) -> Archives:
    """Compile what was laid out, with the standard library's needed part."""
    pyodide = modules / "pyodide"
    with zipfile.ZipFile(pyodide / "python_stdlib.zip") as library:
        wanted = [name for name in library.namelist() if name.endswith(".py") and is_kept(name)]
    listed = work / "standard.txt"
    listed.write_text("\n".join(sorted(wanted)), encoding="utf-8")
    run("node", WEB / "pack.mjs", pyodide, folder, work, listed)
    return Archives(*(work / f"{name}.pack" for name in Archives._fields))


def is_kept(name: str) -> bool:
    """Say whether a file of the standard library goes into the archive."""
    top, *inside = name.removesuffix(".py").split("/")
    return inside[0] in ENCODINGS if top == "encodings" and inside else top not in UNUSED
