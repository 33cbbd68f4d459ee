"""Fetches the packages that the page is built from, by the locks, with npm and pip themselves."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
WEB = HERE / "web"
LOCKS = ("package.json", "package-lock.json")
OLDEST_NODE = 20
LONGEST = 600  # seconds that a program may take


class BuildError(Exception):
    """The page cannot be built: the text says why, in one line."""


class Wheel(NamedTuple):
    """A wheel of the lock. Without a platform it is for any: pure Python.

    Of PyYAML only the Python files are used, which are the same in the wheels of all platforms.
    """

    name: str
    version: str
    licence: str
    sha256: str
    platform: str | None = None
    python: str | None = None
    abi: str | None = None


def locked_wheels() -> list[Wheel]:
    """Return the lock of the wheels."""
    text = (HERE / "wheels.json").read_text(encoding="utf-8")
    return [Wheel(**entry) for entry in json.loads(text)]


def run(program: str, *words: str | Path, folder: Path | None = None) -> str:
    """Run a program and return what it prints. Raises BuildError, with its last line, if it fails
    or is not there.
    """
    found = shutil.which(program)  # npm is npm.cmd on Windows
    if found is None:
        raise BuildError(f"the playground is built with Node and npm, and there is no {program}")
    command = [found, *map(str, words)]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=LONGEST, encoding="utf-8"
        )
    except subprocess.TimeoutExpired:
        raise BuildError(f"{program} took longer than {LONGEST} s") from None
    if done.returncode:
        raise BuildError(f"{program} {words[0]} failed: {_reason(done.stderr or done.stdout)}")
    return done.stdout


def _reason(printed: str) -> str:
    """Return the line of an error's text that says what is wrong: the last that speaks of one."""
    lines = printed.strip().splitlines() or ["no reason given"]
    return next((line for line in reversed(lines) if "error" in line.lower()), lines[-1]).strip()


def look_for_node() -> None:
    """Raise BuildError where Node or npm is missing, or is too old."""
    run("npm", "--version")
    version = run("node", "--version").strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        raise BuildError(f"the playground is built with Node {OLDEST_NODE} or later, not {version}")


def node_modules(work: Path) -> Path:
    """Install the locked packages of npm, without running their scripts; return where they are."""
    for name in LOCKS:
        shutil.copyfile(WEB / name, work / name)
    run("npm", "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", folder=work)
    return work / "node_modules"


def wheels(work: Path, wanted: Iterable[Wheel]) -> list[Path]:
    """Download wheels of the lock; raise BuildError for one that is not what was locked."""
    return [_download(work / "wheels" / wheel.name, wheel) for wheel in wanted]


def _download(folder: Path, wheel: Wheel) -> Path:
    options = ["--python-version", wheel.python or "3.14"]
    if wheel.platform and wheel.abi:
        options += ["--platform", wheel.platform, "--implementation", "cp", "--abi", wheel.abi]
    pin = f"{wheel.name}=={wheel.version}"
    run(
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--only-binary=:all:", *options, "--dest", folder, pin,
    )  # fmt: skip
    (path,) = folder.glob("*.whl")
    if hashlib.sha256(path.read_bytes()).hexdigest() != wheel.sha256:
        raise BuildError(f"{path.name} is not the file that was locked")
    return path
