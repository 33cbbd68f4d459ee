"""Drives yaml-language-server, which editors use, over LSP with our schema, and says what it does.

    python tests/editor/yaml_language_server.py [--server FOLDER]

Run by hand where Node.js is. Without a folder that has the server in node_modules, the version
below is installed from npm into a temporary one. It fails where a spec is not completed, explained
or judged as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from shapecalc.language_schema import language_schema  # noqa: E402 - the path is needed first
from shapecalc.layers import KINDS  # noqa: E402
from shapecalc.layers.base import field_words  # noqa: E402

VERSION = "2.0.0"
PACKAGE = f"yaml-language-server@{VERSION}"
SETTINGS = {
    "yaml": {
        "validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False},
    }
}  # fmt: skip
MODELINE = "# yaml-language-server: $schema=./shapecalc.schema.json\n"
SPEC = f"""\
{MODELINE}input: 32x32x3
rounding: floor
layers:
  - conv:
      K: 6
      F: 5
  - relu
"""


class Server:
    """A language server: requests are answered, and what it tells of itself is kept."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process, self.folder = process, folder
        self.number = 0
        self.diagnostics: dict[str, list[Any]] = {}
        self.ask(
            "initialize",
            processId=os.getpid(),
            rootUri=folder.as_uri(),
            capabilities={
                "workspace": {"configuration": True, "didChangeConfiguration": {}},
                "textDocument": {
                    "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                    "hover": {"contentFormat": ["markdown"]},
                    "publishDiagnostics": {},
                },
            },
        )
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings=SETTINGS)

    def tell(self, method: str, **params: Any) -> None:
        """Send what is not answered."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        """Return the answer to a request."""
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        while True:
            message = self._received()
            if message.get("id") == self.number and "method" not in message:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]

    def opened(self, name: str, text: str) -> list[Any]:
        """Open a text; return what is wrong with it."""
        document = {"uri": self._uri(name), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        while self._uri(name) not in self.diagnostics:
            self._received()
        return self.diagnostics[self._uri(name)]

    def at(self, method: str, name: str, text: str, behind: str) -> Any:
        """Return the answer to a request about the place behind the first time of a text."""
        before = text[: text.index(behind) + len(behind)]
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        document = {"uri": self._uri(name)}
        return self.ask(f"textDocument/{method}", textDocument=document, position=position)

    def _uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def _send(self, message: dict[str, Any]) -> None:
        raw = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(raw), raw))
        self.process.stdin.flush()

    def _received(self) -> dict[str, Any]:
        """Return the next message; answer it if it is a request."""
        stream = self.process.stdout
        assert stream is not None
        size = 0
        while (line := stream.readline().strip()) or not size:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
            elif not line and self.process.poll() is not None:
                raise AssertionError("the server has ended")
        message: dict[str, Any] = json.loads(stream.read(size))
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.diagnostics[params["uri"]] = params["diagnostics"]
        elif "method" in message and "id" in message:
            result = None
            if message["method"] == "workspace/configuration":
                asked = [item.get("section") for item in message["params"]["items"]]
                result = [SETTINGS.get(section, {}) for section in asked]
            self._send({"id": message["id"], "result": result})
        return message


@contextmanager
def started(given: Path | None) -> Iterator[Server]:
    """Start the server in a folder with our schema; end it in the end."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        npm, node = shutil.which("npm"), shutil.which("node")
        if node is None or (npm is None and given is None):
            raise SystemExit("this needs node and npm")
        if given is None:
            quiet = ["--silent", "--no-audit", "--no-fund"]
            subprocess.run([str(npm), "install", *quiet, PACKAGE], cwd=folder, check=True)
        program = (given or folder) / "node_modules/yaml-language-server/bin/yaml-language-server"
        schema = json.dumps(language_schema())
        (folder / "shapecalc.schema.json").write_text(schema, encoding="utf-8")
        with subprocess.Popen(
            [node, str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                yield Server(process, folder)
            finally:
                process.kill()


def documentation(item: Any) -> str:
    """Return the text of a completion."""
    text = item.get("documentation") or ""
    return str(text["value"] if isinstance(text, dict) else text)


def completions(server: Server, name: str, text: str, behind: str) -> dict[str, str]:
    """Return what is offered behind a text, each with its explanation."""
    assert server.opened(name, text) is not None
    found = server.at("completion", name, text, behind)
    items = found["items"] if isinstance(found, dict) else found
    offered: dict[str, str] = {}
    for item in items:
        offered[item["label"]] = offered.get(item["label"]) or documentation(item)
    return offered


def kinds_are_offered_with_their_texts(server: Server) -> str:
    """Every kind is offered where a layer is to be written, with what it does."""
    offered = completions(server, "kinds.yaml", f"{MODELINE}input: 3\nlayers:\n  - \n", "  - ")
    missing = sorted(set(KINDS) - set(offered))
    assert not missing, f"not offered: {missing}"
    mute = [kind for kind, model in KINDS.items() if first_words(model) not in offered[kind]]
    assert not mute, f"offered without their text: {mute}"
    return f"{len(KINDS)} kinds are offered, each with its text"


def first_words(model: Any) -> str:
    """Return how the page of a kind begins, behind its name."""
    return str(model.__doc__).strip().partition(": ")[2].partition("\n")[0][:20]


def fields_are_offered(server: Server) -> str:
    """The fields of a kind are offered inside its mapping, and the values of an enumeration."""
    text = SPEC.replace("      F: 5\n", "      F: 5\n      \n")
    offered = completions(server, "fields.yaml", text, "      F: 5\n      ")
    wanted = set(field_words(KINDS["conv"])) - {"K", "F"} | {"name", "from", "expect"}
    assert wanted <= set(offered), sorted(wanted - set(offered))
    text = SPEC.replace("rounding: floor", "rounding: ")
    values = completions(server, "values.yaml", text, "rounding: ")
    assert {"exact", "floor", "ceil"} <= set(values), sorted(values)
    return f"{len(wanted)} fields of conv are offered, and the values of rounding"


def kinds_are_explained(server: Server) -> str:
    """What the mouse is over is explained."""
    assert server.opened("hover.yaml", SPEC) == []
    for kind in ("conv", "relu"):
        found = server.at("hover", "hover.yaml", SPEC, f"  - {kind[:2]}")
        text = documentation({"documentation": (found or {}).get("contents")})
        assert first_words(KINDS[kind]) in text, (kind, text[:200])
    return "conv and relu are explained"


FAULTS = {  # the line that is wrong, counted from 0
    "F: 5": ("kernal: 5", 6),
    "      F: 5\n": ("", 4),
    "- relu": ("- reluu", 7),
    "K: 6": ('K: "6"', 5),
    "floor": ("flor", 2),
    "32x32x3": ("32x0x3", 1),
}


def faults_are_found(server: Server) -> str:
    """A spec that is right has no marks, and one that is wrong has them at the place."""
    assert server.opened("good.yaml", SPEC) == []
    for number, (right, (wrong, line)) in enumerate(FAULTS.items()):
        found = server.opened(f"bad{number}.yaml", SPEC.replace(right, wrong))
        lines = [one["range"]["start"]["line"] for one in found]
        assert line in lines, (wrong, line, found)
    return f"{len(FAULTS)} faults are marked at their places, and a good spec has no mark"


def main() -> None:
    """Try everything, and say what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--server", type=Path, help="a folder with the server in node_modules")
    with started(parser.parse_args().server) as server:
        for look in (
            kinds_are_offered_with_their_texts, fields_are_offered, kinds_are_explained,
            faults_are_found,
        ):  # fmt: skip
            print(look(server))


if __name__ == "__main__":
    main()
