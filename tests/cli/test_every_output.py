"""Every command and format on every sort of network: none ends in a traceback, none shows a name
raw, whatever others were thought of when it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from shapecalc.cli import group
from shapecalc.reports import bars

HOSTILE = "<script>alert(1)</script> ]]> \\input{/etc/passwd}\n\x1b[31m\x07 =1+1|x\u202e"
RAW = ("<script>alert", "]]>", "<blink>")  # of HTML and SVG
CONTROL = ("\x1b[31m", "\x07", "\u202e")
NAME = json.dumps(HOSTILE)
LARGE = 2**62

CONV = "{conv: {name: c, K: 4, F: 3, P: 1}}"
NETWORKS = {
    "named.yaml": f"name: {NAME}\ninput: HxWx3\nlayers: [{{conv: {{name: c, K: 8, F: 3, P: any}}}},"
    " relu, {max_pool: 2}, {residual: [{conv: {K: 8, F: 3, P: 1}}]}, {conv: {K: 4, F: 5, S: 3}}]\n",
    "named-dense.yaml": f"input: HxWx3\nlayers: [{CONV}, flatten, {{dense: 3}}, softmax]\n",
    "named-twice.yaml": "inputs: {a: HxWx3, b: HxWx5}\nlayers: [{concat: {name: j, from: [a, b]}},"
    f" {CONV}, global_avg_pool, {{dense: {{name: d, units: 2}}}}]\noutputs: [c, d]\n",
    "named-in-part.yaml": f"input: Hx?x3\nlayers: [{CONV}, global_avg_pool, {{dense: 3}}]\n",
    "open.yaml": "input: ?x?x3\nlayers: [{conv: {name: c, K: 4, F: 3, P: any}}, {max_pool: 2}]\n",
    "one-axis.yaml": f"input: 32x4\nlayers: [{CONV}, {{max_pool: 2}}, flatten, {{dense: 3}}]\n"
    "loss: cross_entropy\n",
    "solid.yaml": f"input: 4x4x4x2\nlayers: [{CONV}, {{max_pool: 2}}]\n",
    "flat.yaml": "input: 10\nlayers: [{dense: {name: c, units: 4, trainable: false}}, relu]\n",
    "empty.yaml": "input: 8x8x3\nlayers: []\n",
    "operation.yaml": f"input: 8x8x3\nlayers: [{{operation: {{what: <blink>}}}}, {CONV}]\n",
    "shared.yaml": f"input: 8x8x4\nlayers: [{CONV}, {{conv: {{name: d, like: c}}}}]\n",
    "large.yaml": f"input: {LARGE}x{LARGE}x3\nlayers: [relu, {CONV}]\n",
    "broken.yaml": f"name: {NAME}\ninputs: {{{NAME}: 8x8x3}}\n"
    f"layers: [{{{NAME}: {{K: 3}}}}, {{conv: {{name: {NAME}, K: 3, F: 9, {NAME}: {NAME}}}}}]\n",
    "keras.json": json.dumps(
        {
            "class_name": "Sequential",
            "config": {
                "name": HOSTILE,
                "layers": [
                    {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 3]}},
                    {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [3, 3]}},
                    {"class_name": "<blink>", "config": {"name": HOSTILE}},
                ],
            },
        }
    ),
}

REPORTS = [["--format", form] for form in ("table", "markdown", "latex", "csv", "json", "html")]
REPORTS += [["--bars"], ["--bars", "--columns", "macs,activations"], ["--explain"]]
REPORTS += [["--memory", "--fit", "8GiB", "--format", f] for f in ("table", "json", "html")]
REPORTS += [["--totals", "--format", f] for f in ("table", "latex", "csv", "json")]
DIALECTS = ("torchinfo", "keras", "fvcore", "thop", "ptflops", "darknet")
REPORTS += [["--dialect", tool] for tool in DIALECTS]
CHECKS = ("text", "json", "github", "gitlab", "junit", "sarif", "rdjson", "html")
COMMANDS = [["report", *options, "FILE"] for options in REPORTS]
COMMANDS += [["check", "--format", form, "FILE"] for form in CHECKS]
COMMANDS += [
    ["draw", "--style", style, "-o", f"out.{form}", "--force", "FILE"]
    for style in ("volumes", "graph", "field")
    for form in ("svg", "tex", "html")
]
COMMANDS += [["diff", "--format", f, "FILE", "other.yaml"] for f in ("text", "json", "html")]
COMMANDS += [["diff", "--format", f, "other.yaml", "FILE"] for f in ("markdown", "json")]
COMMANDS += [["verify", "--format", form, "FILE"] for form in ("table", "json", "html")]
COMMANDS += [["sizes", "--format", "json", "FILE"], ["convert", "--to", "yaml", "FILE"]]
SWEEP = ["sweep", "--set", "c.K=4,8", "--pareto", "macs", "--memory"]
COMMANDS += [[*SWEEP, "--format", form, "FILE"] for form in ("table", "csv", "json")]


def wrong_with(words: list[str]) -> Iterator[str]:
    """Yield what must not come out of a command."""
    result = CliRunner().invoke(group, words)
    written = Path(words[words.index("-o") + 1]) if "-o" in words else None
    form = words[words.index("--format") + 1] if "--format" in words else ""
    texts = [("", result.output), (form, result.stdout)]
    if written is not None and written.exists():
        texts.append((written.suffix[1:], written.read_text(encoding="utf-8")))
        written.unlink()
    if not isinstance(result.exception, SystemExit | None):
        yield f"{type(result.exception).__name__}: {result.exception}"
    if result.exit_code not in (0, 1, 2):
        yield f"exit code {result.exit_code}"
    for how, text in texts:
        yield from (repr(sign) for sign in (*CONTROL, "internal error") if sign in text)
        if how in ("html", "svg"):
            yield from (sign for sign in RAW if sign in text)
        if how in ("latex", "tex"):
            lines = [line for line in text.splitlines() if not line.lstrip().startswith("%")]
            yield from (line for line in lines if "\\input" in line)
        if how == "svg":
            ElementTree.fromstring(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to work in, with all networks."""
    monkeypatch.chdir(tmp_path)
    other = f"input: NxNx3\nlayers: [{CONV}, batch_norm]\n"
    for name, text in {**NETWORKS, "other.yaml": other}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.quick(3)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_command_takes_every_network(network: str, folder: Path) -> None:
    for command in COMMANDS:
        words = [network if word == "FILE" else word for word in command]
        assert not list(wrong_with(words)), " ".join(words)


def test_planted_faults_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "comparable", lambda key, rows: key in bars.QUANTITIES)
    monkeypatch.setattr(bars, "plain", lambda count: count)
    assert any("TypeError" in found for found in wrong_with(["report", "--bars", "named.yaml"]))
    drawing = ["draw", "--style", "graph", "-o", "out.svg", "named.yaml"]
    assert not list(wrong_with(drawing))
    monkeypatch.setattr("shapecalc.pictures.writers.svg.escape", lambda text: text)
    with pytest.raises(ElementTree.ParseError):
        list(wrong_with(drawing))
