"""The README and the pages show what the program does: what they show is done again and compared.

Commands are run where specs/ is, and print what stands below them; `[...]` stands for lines left
out. YAML is read, traced and run: it is sound, unless ```yaml bad SC201 says what is
wrong with it. Python is executed, and a text block right behind it holds what it prints.

`pytest tests/pages --update-golden` writes what is printed anew; read the difference afterwards.
"""

from __future__ import annotations

import inspect
import io
import re
import shlex
import shutil
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from difflib import SequenceMatcher
from math import log10
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import yaml
from click.testing import CliRunner

import shapecalc
from shapecalc import pages
from shapecalc.checks.pages import codes
from shapecalc.checks.pages import page as rule_page
from shapecalc.cli import COMMANDS, group
from shapecalc.diagnostics import MAX_LAYERS, MAX_NESTING, Diagnostic
from shapecalc.executor.limits import MAX_BYTES, MAX_MACS
from shapecalc.executor.verify import verify
from shapecalc.grading import assignment, query, read_assignment
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.presets import PRESETS
from shapecalc.layers import KINDS
from shapecalc.layers.base import field_words
from shapecalc.network import example, spec
from shapecalc.network.expectations import LayerExpectations, NetworkExpectations
from shapecalc.reports.columns import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "shapecalc" / "pages").glob("*/*.md"))
DOCUMENTS = [ROOT / "README.md", *PAGES]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
PRINTS = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(
    r"# ([\w.-]+\.(?:yaml|json|csv))\b"
)  # a first line that says what a file is called
LEFT_OUT = "[...]\n"
SURE = 0.6  # how alike a line must be to be taken for the one of an older output


class Block(NamedTuple):
    """Code between fences, the language first, then what stands behind it on that line."""

    document: Path
    language: str
    note: str
    text: str


class Shown(NamedTuple):
    """A command line of a document, and what it is shown to print."""

    document: Path
    line: str
    output: str


def blocks(language: str) -> list[Block]:
    """Return the code of all documents in a language."""
    return [
        Block(document, found[1], found[2].strip(), found[3])
        for document in DOCUMENTS
        for found in FENCE.finditer(document.read_text(encoding="utf-8"))
        if found[1] == language
    ]


def commands() -> Iterator[Shown]:
    """Yield the commands of all documents with what they print."""
    for block in blocks("console"):
        found = COMMAND.findall(block.text)
        assert "".join(f"$ {line}\n{output}" for line, output in found) == block.text, block
        yield from (Shown(block.document, line, output) for line, output in found)


def label(value: object) -> str:
    """Return a test's name: the document, and how the block begins."""
    match value:
        case Shown(document, line, _):
            return f"{document.stem}: {line}"
        case Block(document, _, note, text):
            return f"{document.stem}: {note or text[:40].strip()}"
        case _:
            return Path(str(value)).stem


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with specs/ and the files that documents show by name."""
    made = tmp_path_factory.mktemp("documents")
    shutil.copytree(ROOT / "specs", made / "specs")
    for block in [*blocks("yaml"), *blocks("csv")]:
        name = NAMED.match(block.text)
        if name:
            assert not (made / name[1]).exists(), f"two files are called {name[1]}"
            (made / name[1]).write_text(block.text, encoding="utf-8")
    return made


def replace(document: Path, old: str, new: str) -> None:
    """Write a document anew with one part replaced."""
    text = document.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{document.name} changed while it was rewritten"
    document.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


# -- commands --------------------------------------------------------------------------------------


def run(line: str) -> str:
    """Return what a command line prints, messages on standard error included."""
    program, *arguments = shlex.split(line)
    assert program == "shapecalc", f"{line}: only shapecalc is run"
    result = CliRunner().invoke(group, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def pattern(shown: str) -> re.Pattern[str]:
    """Return a pattern for a shown output, in which [...] stands for lines left out."""
    parts = [re.escape(part) for part in shown.split(LEFT_OUT)]
    return re.compile("(?s:.*)".join(parts))


def anew(shown: str, output: str) -> str:
    """Return a new output with lines left out where an older one left them out.

    Each part that was shown is found by its first and its last line, or by what they have become.
    """
    if LEFT_OUT not in shown:
        return output
    parts = [part.splitlines(keepends=True) for part in shown.split(LEFT_OUT)]
    lines = output.splitlines(keepends=True)
    kept, position = [], 0
    for number, part in enumerate(parts):
        if not part:
            kept.append("")
            continue
        starts = [0] if number == 0 else list(range(position, len(lines)))
        ends = (
            [len(lines)] if number == len(parts) - 1 else list(range(position + 1, len(lines) + 1))
        )
        first = {start: like(part[0], lines[start]) for start in starts}
        last = {end: like(part[-1], lines[end - 1]) for end in ends}
        choices = [
            (first[start] + last[end] - 0.02 * abs(end - start - len(part)), -start, end)
            for start in starts
            for end in ends
            if start < end
        ]
        score, start, position = max(choices, default=(0.0, 0, 0))
        assert score >= 2 * SURE, f"not found again, show it by hand:\n{''.join(part)}"
        kept.append("".join(lines[-start:position]))
    return LEFT_OUT.join(kept)


def like(old: str, new: str) -> float:
    """Return how alike two lines are, from 0 to 1."""
    return 1.0 if old == new else SequenceMatcher(None, old, new, autojunk=False).ratio()


def each_command() -> Iterator[Any]:
    """Yield the commands; what builds the playground takes long, and needs npm."""
    for shown in commands():
        builds = shown.line.split()[1] == "playground"
        missing = pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm")
        yield pytest.param(shown, marks=(pytest.mark.slow, missing) if builds else ())


@pytest.mark.parametrize("shown", list(each_command()), ids=label)
def test_a_command_prints_what_is_shown(
    shown: Shown, folder: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    output = run(shown.line)
    if update_golden and not pattern(shown.output).fullmatch(output):
        new = anew(shown.output, output)
        replace(shown.document, f"$ {shown.line}\n{shown.output}", f"$ {shown.line}\n{new}")
        return
    assert pattern(shown.output).fullmatch(output), f"--update-golden accepts it:\n{output}"


def test_a_stale_output_is_noticed() -> None:
    assert not pattern("conv1  760\n").fullmatch("conv1  761\n")
    assert not pattern("a\n[...]\nc\n").fullmatch("a\nb\nd\n")
    assert pattern("a\n[...]\nc\n").fullmatch("a\nb\nb\nc\n")


OLD = "net\nconv1  760\nrelu1  0\nconv2  850\ntotal  1,610\nthe end\n"


@pytest.mark.parametrize(
    ("shown", "output", "wanted"),
    [
        (OLD, "other\n", "other\n"),
        ("net\n[...]\nthe end\n", OLD, "net\n[...]\nthe end\n"),
        (
            "net\n[...]\nconv2  850\n[...]\n",
            "net\nrelu0  0\nconv1  760\nrelu1  0\nconv2  851\nmore\n",
            "net\n[...]\nconv2  851\n[...]\n",
        ),
        (  # a part that has grown by a line
            "[...]\nconv2  850\ntotal  1,610\n[...]\n",
            OLD.replace("total", "a hint\ntotal"),
            "[...]\nconv2  850\na hint\ntotal  1,610\n[...]\n",
        ),
        ("net\n[...]\ntotal  1,610\nthe end\n", OLD, "net\n[...]\ntotal  1,610\nthe end\n"),
    ],
)
def test_an_output_is_shown_anew(shown: str, output: str, wanted: str) -> None:
    assert anew(shown, output) == wanted
    assert pattern(wanted).fullmatch(output)


def test_what_cannot_be_found_again_is_said() -> None:
    with pytest.raises(AssertionError, match="by hand"):
        anew("net\n[...]\nconv2  850\n[...]\n", "net\nsomething\nquite\ndifferent\n")


def test_the_readme_shows_each_command() -> None:
    shown = {command.line.split()[1] for command in commands() if command.document == DOCUMENTS[0]}
    assert shown == set(COMMANDS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "explain"])
def test_every_option_is_on_the_page_of_its_command(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            words = "|".join(map(re.escape, parameter.opts))
            page = pages.page("plugins" if parameter.name == "plugin" else name)
            assert re.search(rf"(?<![\w-])({words})(?![\w-])", page), parameter.opts


# -- specs and assignments -------------------------------------------------------------------------


def faults(text: str, path: Path) -> set[str]:
    """Return the codes of what is wrong with a spec or an assignment, advice left out."""
    path.write_text(text, encoding="utf-8")
    if "questions:" in text:
        return {found.code for found in read_assignment(path).diagnostics}
    trace = shapecalc.trace(path)
    found = {item.code for item in trace.diagnostics if item.severity != "advice"}
    return found or {item.code for item in verify(trace).diagnostics if item.severity == "error"}


@pytest.mark.quick(5)
@pytest.mark.parametrize("block", blocks("yaml"), ids=label)
def test_a_spec_is_as_it_is_said_to_be(block: Block, tmp_path: Path) -> None:
    if block.note == "other":  # another program's
        assert yaml.safe_load(block.text)
        return
    codes = set(block.note.removeprefix("bad ").split()) if block.note else set()
    assert faults(block.text, tmp_path / "spec.yaml") == codes


def test_a_faulty_spec_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    assert faults("input: 8x8x1\nlayers: [conv: {K: 2, F: 3}]\n", path) == set()
    assert faults("input: 8x8x1\nlayers: [conv: {K: 2, F: 3, S: 2}]\n", path) == {"SC201"}
    assert faults("input: 8x8x1\nlayers: [konv: {K: 2}]\n", path) == {"SC105"}
    assert faults("spec: {input: 3, layers: [dense: 1]}\nquestions: [a.b]\n", path) == {"SC505"}


# A layer as YAML: a kind of ours, or a framework's class with its fields.
INLINE = re.compile(rf"(?<!`)`(?:- )?((?:(?:{'|'.join(KINDS)}): |[A-Z]\w+: \{{)[^`$]+)`(?!`)")
FRONT = "input: 16x16x16\nlayers:\n" + 2 * "  - conv: {K: 16, F: 3, P: 1}\n"  # conv1 and conv2


def inline(text: str) -> list[str]:
    """Return the layers that stand in a text's sentences, as `dense: 10`."""
    return INLINE.findall(FENCE.sub("", text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=label)
def test_the_layers_in_sentences_are_read(document: Path, tmp_path: Path) -> None:
    for layer in inline(document.read_text(encoding="utf-8")):
        path = tmp_path / "spec.yaml"
        path.write_text(f"{FRONT}  - {layer}\n", encoding="utf-8")
        assert [d for d in shapecalc.trace(path).diagnostics if d.severity != "advice"] == [], layer


def test_layers_in_sentences_are_found() -> None:
    text = (
        "as `dense: 10`, `- conv: {K: 1}` or `Conv2d: {a: 1}`, not `relu`, `loss: 1` nor `{a: 1}`"
    )
    assert inline(text) == ["dense: 10", "conv: {K: 1}", "Conv2d: {a: 1}"]


# -- Python ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=label)
def test_python_runs_and_prints_what_is_shown(
    document: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    monkeypatch.chdir(folder)
    text = document.read_text(encoding="utf-8")
    shown = dict(PRINTS.findall(text))
    for language, _, code in FENCE.findall(text):
        if language != "python":
            continue
        with redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, document.name, "exec"), {})
        if code not in shown:
            continue
        if update_golden and printed.getvalue() != shown[code]:
            new = f"{code}```\n\n```text\n{printed.getvalue()}```"
            replace(document, f"{code}```\n\n```text\n{shown[code]}```", new)
        else:
            assert printed.getvalue() == shown[code], "--update-golden accepts it"


# -- facts that stand in two places ----------------------------------------------------------------


def rows(path: Path) -> list[str]:
    """Return the rows of a document's tables that begin with code."""
    return re.findall(r"^\| `.*$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_readmes_words_are_those_of_the_page() -> None:
    (page,) = (path for path in PAGES if path.stem == "pytorch")
    short = [row for row in rows(DOCUMENTS[0]) if "nn." in row or "torch." in row]
    assert len(short) > 5
    assert set(short) <= set(rows(page))


def fields_in_the_table(kind: str) -> str:
    """Return what the page of the language lists of a kind."""
    table = re.findall(r"^\| (.+?) \| (.+) \|$", page("language"), re.MULTILINE)
    (fields,) = (fields for kinds, fields in table if kind in re.findall(r"\w+", kinds))
    return str(fields)


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_kinds_has_every_field(kind: str) -> None:
    fields = fields_in_the_table(kind)
    assert {*field_words(KINDS[kind])} <= {*re.findall(r"\w+", fields)} or fields == "none"
    assert not (fields == "none" and KINDS[kind].model_fields)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_bare_value_is_for_is_marked(kind: str) -> None:
    main = [KINDS[kind].shorthand] if KINDS[kind].shorthand else []
    for text in (fields_in_the_table(kind), inspect.getdoc(KINDS[kind]) or ""):
        assert re.findall(r"(\w+) \(main[),]", text) == main


def page(name: str) -> str:
    """Return the text of a page."""
    (path,) = (path for path in PAGES if path.stem == name)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("language", spec.KEYS),
        ("example", example.KEYS),
        ("example", example.LOSSES),
        ("claims", [*LayerExpectations.model_fields, *NetworkExpectations.model_fields]),
        ("homework", assignment.KEYS),
        ("homework", assignment.QUESTION_KEYS),
        ("homework", (*query.COUNTS, *query.SIZES)),
        ("grading", PRESETS),
        ("python", Diagnostic._fields),
        ("limits", [f"{limit:,}" for limit in (MAX_LAYERS, MAX_NESTING)]),
        ("limits", [f"{MAX_BYTES // 2**30} GiB", f"10^{log10(MAX_MACS):.0f}"]),
    ],
)
def test_a_page_has_all_of_a_kind(name: str, words: Iterable[str]) -> None:
    text = page(name)
    assert [word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == []


def test_the_page_of_reports_lists_the_columns_in_their_order() -> None:
    (listed,) = re.findall(r"The columns are ([\w\s,]+)\.", page("report"))
    assert re.split(r",\s+|\s+and\s+", listed) == list(COLUMNS)


def listed(text: str) -> dict[str, str]:
    """Return the severity of every code that a table has, `SC101 to SC109` for all between."""
    found = {}
    for cells in re.findall(r"^\| (SC.+?) \| .* \| (\w+) \|$", text, re.MULTILINE):
        for first, last in re.findall(r"SC(\d+)(?: to SC(\d+))?", cells[0]):
            for number in range(int(first), int(last or first) + 1):
                found[f"SC{number}"] = cells[1]
    return found


def test_every_code_is_listed_with_its_severity() -> None:
    severities = {}
    for code in codes():
        text = rule_page(code)
        assert text is not None
        severities[code] = re.findall(r"\((\w+)\)$", text.partition("\n")[0])[0]
    assert listed(page("codes")) == severities


def mistakes() -> str:
    """Return the rows of the table of mistakes, as their files tell them."""
    return "".join(f"| `{mistake.name}` | {told(mistake.name)} |\n" for mistake in misconceptions())


def told(name: str) -> str:
    """Return the first line of a mistake's file, without its full stop, as Markdown."""
    path = ROOT / "shapecalc" / "grading" / "misconceptions" / f"{name}.py"
    line = path.read_text(encoding="utf-8").splitlines()[0].strip('"').removesuffix(".")
    return line.replace("*", r"\*")


def test_every_mistake_is_listed(update_golden: bool) -> None:
    (path,) = (path for path in PAGES if path.stem == "mistakes")
    listed = "".join(f"{row}\n" for row in rows(path))
    if update_golden and listed != mistakes():
        replace(path, listed, mistakes())
    else:
        assert listed == mistakes(), "--update-golden accepts it"


# -- Markdown --------------------------------------------------------------------------------------


def stray(text: str) -> list[str]:
    """Return the lines whose * would make text slanted: products are code, or written with \\*."""
    prose = re.sub(r"(?m)^ {4}.*$", "", FENCE.sub("", text))
    prose = re.sub(r"`[^`]*`|\*\*\S[^*]*\*\*|\\\*", "", prose)
    return [line for line in prose.splitlines() if "*" in line]


@pytest.mark.parametrize("document", DOCUMENTS, ids=label)
def test_a_product_is_code(document: Path) -> None:
    assert stray(document.read_text(encoding="utf-8")) == []


def test_a_product_that_is_none_is_found() -> None:
    assert stray("**Bold**, `2*3*4` and 2\\*3\n\n    5*6*7\n") == []
    assert stray("so 2*3*4 = 24\n") == ["so 2*3*4 = 24"]


# -- what documents refer to -----------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=label)
def test_links_and_pages_that_are_named_are_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", text):
        assert (document.parent / target).exists(), target
    for topic in re.findall(r"shapecalc explain ([\w-]+)", text):
        assert topic == "WORD" or pages.page(topic)
    for path in re.findall(r"(?<![\w/])specs/[\w./-]*\w", text):
        assert (ROOT / path).exists(), path
