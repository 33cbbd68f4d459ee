"""Runs the hooks of .pre-commit-hooks.yaml on a scratch repository, with pre-commit itself.

    python tests/hooks/try_hooks.py

Run by hand where pre-commit and git are: the hooks are installed from this repository as it is
committed, which takes minutes and asks the package index. It fails where a hook does not do what
it should.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTY = "input: 8x8x1\nlayers:\n  - cnov: {K: 2, F: 3}  # first\n"
MENDED = FAULTY.replace("cnov", "conv")
FILES = {
    "specs/faulty.yaml": FAULTY,
    "net.shape.yaml": "input: 8\nlayers: [relu]\n",
    "settings.yaml": "layers: [\n",  # no spec by its name, and none of our business
}


def git(folder: Path, *words: str) -> None:
    """Let git work in a folder, whatever the user's settings are."""
    about = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *about, *words], cwd=folder, check=True, capture_output=True)


def tried(hook: str, folder: Path, cache: Path) -> tuple[int, str]:
    """Run a hook on all files of a folder; return its exit code, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), hook, "--all-files", "-v"],
        cwd=folder, env={**os.environ, "PRE_COMMIT_HOME": str(cache)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def expect(seen: bool, what: str, printed: str) -> None:
    """Say that something is as it should be, or end with what was printed."""
    if not seen:
        raise SystemExit(f"not so: {what}\n{printed}")
    print(what)


def main() -> None:
    """Try both hooks, and say what was seen."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, cache = Path(temporary, "scratch"), Path(temporary, "cache")
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        git(folder, "init", "-q", ".")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "one")
        faulty = folder / "specs" / "faulty.yaml"
        code, printed = tried("shapecalc", folder, cache)
        expect(code == 1 and "SC105" in printed, "shapecalc finds a misspelt kind", printed)
        expect("2 files checked" in printed, "it looks at specs, and at no other YAML", printed)
        expect(faulty.read_text(encoding="utf-8") == FAULTY, "it changes nothing", printed)
        code, printed = tried("shapecalc-fix", folder, cache)
        expect(code == 1 and "modified" in printed, "shapecalc-fix stops a commit", printed)
        expect(faulty.read_text(encoding="utf-8") == MENDED, "it mends the word alone", printed)
        git(folder, "commit", "-qam", "two")
        code, printed = tried("shapecalc-fix", folder, cache)
        expect(code == 0, "it lets pass what is right", printed)


if __name__ == "__main__":
    main()
