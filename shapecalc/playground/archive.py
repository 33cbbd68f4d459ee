"""The Python that the browser gets: the standard library, the dependencies and shapecalc, without
what no page can reach, compiled to one archive.

Pyodide's own interpreter compiles it, in Node, so that it fits whatever Python builds the page.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from shapecalc.playground.packages import WEB, run

PACKAGE = Path(__file__).resolve().parents[1]
# Parts of shapecalc that no call of the bridge needs. The executor needs NumPy, which has no wheel
# for this platform.
LEFT_OUT = (
    "cli", "executor", "sweep",
    "playground/web", "playground/specs", "playground/wheels.json", "playground/archive.py",
    "playground/build.py", "playground/examples.py", "playground/notices.py",
    "playground/one_file.py", "playground/packages.py",
    "reports/dialects", "reports/notebook.py", "grading/handout", "grading/exports",
)  # fmt: skip
UNUSED = {  # modules of the standard library, likewise
    *"_aix_support _android_support _apple_support _ios_support _osx_support _pydatetime".split(),
    *"_pydecimal _pyio _pyrepl antigravity argparse bdb cProfile cmd code compileall".split(),
    *"configparser ctypes curses dbm doctest ensurepip filecmp fileinput ftplib getopt".split(),
    *"getpass graphlib http idlelib imaplib lib2to3 mailbox mimetypes modulefinder".split(),
    *"multiprocessing netrc optparse pdb pickletools plistlib poplib pprint profile pstats".split(),
    *"pty py_compile pyclbr pydoc pydoc_data rlcompleter runpy sched shelve shlex smtplib".split(),
    *"socketserver sqlite3 symtable tabnanny tarfile test this".split(),
    *"timeit tkinter tomllib trace tracemalloc tty turtle unittest venv wave webbrowser".split(),
    *"wsgiref xml xmlrpc zipapp".split(),
}


def staged(folder: Path, wheels: Sequence[Path]) -> Path:
    """Lay out what the archive is made of, and return the extension of pydantic-core.

    pydantic-core leaves the archive when the page starts: an extension is loaded from a file.
    """
    folder.mkdir(parents=True)
    extension = None
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith("pydantic_core/") and name.endswith(".so"):
                    extension = Path(archive.extract(name, folder.parent / "extension"))
                elif name.endswith(".py") and not name.startswith(("pydantic/v1/", "_yaml/")):
                    archive.extract(name, folder)
    (folder / "pydantic_core").rename(folder / "_pydantic_core")
    shutil.copytree(PACKAGE, folder / "shapecalc", ignore=_ignored)
    assert extension is not None, "the locked wheel has an extension"
    return extension


def _ignored(folder: str, names: list[str]) -> set[str]:
    inside = Path(folder).resolve().relative_to(PACKAGE)
    return {
        name for name in names if name == "__pycache__" or (inside / name).as_posix() in LEFT_OUT
    }


def packed(work: Path, modules: Path, folder: Path) -> Path:
    """Compile what was laid out, with the standard library's needed part; return the archive."""
    pyodide = modules / "pyodide"
    with zipfile.ZipFile(pyodide / "python_stdlib.zip") as library:
        tops = {name.split("/")[0].removesuffix(".py") for name in library.namelist()}
    wanted = work / "standard.txt"
    wanted.write_text("\n".join(sorted(tops - UNUSED)), encoding="utf-8")
    path = work / "python.zip"
    run("node", WEB / "pack.mjs", pyodide, folder, path, wanted)
    return path
