"""Puts the site together: a folder of static files for any host."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from shapecalc import __version__
from shapecalc.language_schema import language_schema
from shapecalc.playground import archive, examples, notices, one_file, packages
from shapecalc.playground.bridge import CALLS
from shapecalc.playground.packages import WEB, run

ASSETS = "a"
WIDTH = 700  # px, of the picture that is there before Python is
ONE_FILE = "shapecalc-playground.html"


def build(out: Path, single: bool = False) -> list[Path]:
    """Build the page in a folder that is made for it, and return its files.

    `single` builds it as one file instead. Raises BuildError where it cannot be built, OSError
    where it cannot be written.
    """
    packages.look_for_node()
    with tempfile.TemporaryDirectory(prefix="shapecalc-playground-") as made:
        work = Path(made).resolve()
        site = _Site(work)
        site.assemble()
        folder = work / "site"
        if single:
            html = one_file.of(site.page, site.assets, folder, site.bundle("worker", "iife"))
            (work / "one").mkdir()
            (work / "one" / ONE_FILE).write_text(html, encoding="utf-8")
            folder = work / "one"
        shutil.copytree(folder, out, dirs_exist_ok=True)
        names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [out / name for name in names]


class _Site:
    """The files of a site, written into the folder `site` of a work folder."""

    def __init__(self, work: Path) -> None:
        self.work, self.out = work, work / "site"
        self.written = ["./"]  # what is kept offline
        self.modules = packages.node_modules(work)
        self.assets: dict[str, Any] = {}
        self.page = ""

    def assemble(self) -> None:
        """Write everything."""
        (self.out / ASSETS).mkdir(parents=True)
        wheels = packages.wheels(self.work, packages.locked_wheels())
        stage = self.work / "stage"
        extension = archive.staged(stage, wheels)
        python = archive.packed(self.work, self.modules, stage)
        interpreter = self.modules / "pyodide" / "pyodide.asm.wasm"
        self.assets = {
            "interpreter": self.packed("interpreter", interpreter.read_bytes()),
            "library": self.packed("library", python.library.read_bytes()),
            "pydantic": self.packed("pydantic", extension.read_bytes()),
            "first": self.packed("first", python.first.read_bytes()),
            "later": self.packed("later", python.later.read_bytes()),
            "worker": self.put("worker.js", self.bundle("worker", "esm")),
            "examples": self.packed("examples", compact(examples.sections()).encode()),
            "language": self.packed("language", compact(language()).encode()),
            "notices": self.put("notices.txt", notices.text(self.modules, wheels)),
            "offline": "sw.js",
        }
        self.page = self.filled()
        self.write("index.html", self.page)
        self.write("sw.js", self.offline())
        self.write(".nojekyll", "")

    def write(self, name: str, text: str) -> None:
        (self.out / name).write_text(text, encoding="utf-8", newline="\n")

    def put(self, name: str, data: str | bytes) -> str:
        """Write an asset under a name that its contents decide, and return that."""
        raw = data.encode("utf-8") if isinstance(data, str) else data
        stem, _, ending = name.rpartition(".")
        file = f"{ASSETS}/{stem}-{hashlib.sha256(raw).hexdigest()[:10]}.{ending}"
        (self.out / file).write_bytes(raw)
        self.written.append(file)
        return file

    def packed(self, name: str, data: bytes) -> dict[str, Any]:
        """Write an asset compressed: small on every host, whether it compresses or not, and under
        an ending that no host takes for something to decode on the way.
        """
        small = gzip.compress(data, 9, mtime=0)
        return {"file": self.put(f"{name}.bin", small), "size": len(small)}

    def bundle(self, name: str, form: str) -> str:
        """Return a module of web/ and what it imports as one script: esm, or iife for a worker that
        is no module, where a page is opened as a file.
        """
        target = self.work / f"{name}.{form}.js"
        sources = self.work / "web"
        if not sources.exists():  # beside node_modules, where esbuild looks for packages
            shutil.copytree(WEB, sources, ignore=shutil.ignore_patterns("node_modules"))
        # Pyodide asks importScripts which sort of worker it is in; what it does there is not used.
        classic = ["--banner:js=self.importScripts=()=>{throw new Error('not used')};"]
        run(
            "node", self.modules / "esbuild" / "bin" / "esbuild", sources / f"{name}.js",
            f"--format={form}", "--bundle", "--minify", "--target=es2022", "--external:node:*",
            "--external:ws", "--log-level=error", "--log-override:empty-import-meta=silent",
            f"--outfile={target}", *(classic if form == "iife" else []),
        )  # fmt: skip
        return target.read_text(encoding="utf-8")

    def filled(self) -> str:
        """Return the page with the names of its assets, and with the first network's result."""
        first = (examples.folder() / examples.FIRST).read_text(encoding="utf-8")
        name = PurePosixPath(examples.FIRST).name
        result = CALLS["trace"](first.encode("utf-8"), name)
        schemes = ("light", "dark")
        initial = {
            "text": first,
            "file": name,
            "result": result,
            "pictures": {name: CALLS["picture"]("volumes", WIDTH, name) for name in schemes},
        }
        page = (WEB / "index.html").read_text(encoding="utf-8")
        blanks = {
            "start": self.put("start.js", self.bundle("start", "esm")),
            "app": self.put("app.js", self.bundle("app", "esm")),
            "style": self.put("style.css", (WEB / "style.css").read_bytes()),
            "manifest": self.put("app.webmanifest", (WEB / "app.webmanifest").read_bytes()),
            "assets": compact(self.assets),
            "initial": compact(initial).replace("<", "\\u003c"),
        }
        for blank, value in blanks.items():
            page = page.replace(f"%{blank}%", value)
        return page

    def offline(self) -> str:
        """Return the service worker: it keeps the files of this build."""
        text = (WEB / "sw.js").read_text(encoding="utf-8")
        version = hashlib.sha256(self.page.encode("utf-8")).hexdigest()[:12]
        return text.replace("%build%", version).replace("%files%", json.dumps(self.written))


def language() -> dict[str, Any]:
    """Return what the editor completes and explains, whether Python has started or not."""
    return {"schema": language_schema(), "version": __version__}


def compact(value: Any) -> str:
    """Return a value as JSON without blanks."""
    return json.dumps(value, separators=(",", ":"))
