"""How the playground is built: what is fetched, what is left out, and what is said if it fails."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from shapecalc.cli import group
from shapecalc.playground import archive, build, examples, notices, one_file, packages
from shapecalc.playground.bridge import report
from shapecalc.playground.packages import BuildError, Wheel

PACKAGE = archive.PACKAGE


def test_the_locks_fix_versions_and_checksums_and_name_no_host() -> None:
    lock = json.loads((packages.WEB / "package-lock.json").read_text(encoding="utf-8"))
    named = json.loads((packages.WEB / "package.json").read_text(encoding="utf-8"))
    for name, entry in lock["packages"].items():
        if name:
            assert entry["integrity"].startswith("sha512-"), name
            assert "resolved" not in entry, name
    for name, version in named["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for wheel in packages.locked_wheels():
        assert re.fullmatch(r"[0-9a-f]{64}", wheel.sha256)


def test_pydantic_and_its_core_are_of_one_release() -> None:
    from importlib import metadata

    versions = {wheel.name: wheel.version for wheel in packages.locked_wheels()}
    needed = metadata.requires("pydantic") or []
    if metadata.version("pydantic") == versions["pydantic"]:
        assert f"pydantic-core=={versions['pydantic-core']}" in needed


def kept(path: Path) -> bool:
    inside = path.relative_to(PACKAGE).as_posix()
    return not any(inside == left or inside.startswith(f"{left}/") for left in archive.LEFT_OUT)


def standard_imports(path: Path) -> set[str]:
    """Return the standard library's modules that a file imports, within functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found & sys.stdlib_module_names


@pytest.mark.slow  # reads every file of the package
def test_no_module_in_the_browser_imports_what_was_left_out() -> None:
    for path in filter(kept, sorted(PACKAGE.rglob("*.py"))):
        for name in standard_imports(path):
            assert archive.is_kept(f"{name}.py"), f"{path} imports {name}"


@pytest.mark.slow  # reads every file of the package
def test_what_was_left_out_would_be_noticed() -> None:
    left = [path for path in sorted(PACKAGE.rglob("*.py")) if not kept(path)]
    missing = {name for path in left for name in standard_imports(path)}
    assert any(not archive.is_kept(f"{name}.py") for name in missing)
    assert not archive.is_kept("encodings/cp500.py")
    assert archive.is_kept("encodings/utf_8.py")


def test_every_part_that_is_left_out_or_fetched_later_is_there() -> None:
    for left in archive.LEFT_OUT:
        assert (PACKAGE / left).exists() or left == "playground/specs", left
    for later in archive.LATER:
        assert (PACKAGE / later).is_dir(), later
    assert archive.is_later("readers/keras/layers.py")
    assert not archive.is_later("readers/keras/__init__.py")  # tells whose a file is


def test_examples_have_a_name_and_a_text_each() -> None:
    home = examples.folder()
    for section in examples.sections():
        items = section["items"]
        assert isinstance(items, list)
        assert items, section["title"]
        for item in items:
            assert item["name"].strip()
            written = (home / item["file"]).read_text(encoding="utf-8")
            assert item["text"]
            assert written.endswith(item["text"])
            assert item["about"] or section["title"] != "Start here", item["file"]
    assert (home / examples.FIRST).is_file()


def test_examples_can_be_told_apart() -> None:
    titles: dict[str, set[str]] = {}
    for section in examples.sections():
        items = section["items"]
        assert isinstance(items, list)
        names = [item["name"].casefold() for item in items]
        assert len(names) == len({*names}), section["title"]
        for item in items:
            shown = f"{item['name']}, {item['about']}".casefold()
            titles.setdefault(shown, set()).add(item["file"])
    assert {shown: files for shown, files in titles.items() if len(files) > 1} == {}


def test_a_mistake_to_find_is_found_by_the_page_and_not_told_by_the_text() -> None:
    broken = [
        item
        for section in examples.sections()
        for item in section["items"]  # type: ignore[attr-defined]
        if item["file"].startswith("broken/")
    ]
    assert len(broken) > 40
    for item in broken:
        result = report.trace(item["text"].encode("utf-8"), item["file"])
        assert result["findings"], item["file"]
        comments = [line for line in item["text"].splitlines() if line.lstrip().startswith("#")]
        assert comments == [], item["file"]
    written = (examples.folder() / broken[0]["file"]).read_text(encoding="utf-8")
    assert written.startswith("# expect: ")  # there is something to leave out


def test_without_examples_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(examples, "HOMES", (tmp_path,))
    with pytest.raises(BuildError, match="shapecalc are missing"):
        examples.folder()


def test_one_file_cannot_be_ended_by_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/app.js").write_text("x = '</script><!--'", encoding="utf-8")
    (tmp_path / "a/style.css").write_text("p {}", encoding="utf-8")
    (tmp_path / "a/notices.txt").write_text("</script>", encoding="utf-8")
    (tmp_path / "a/bin").write_bytes(b"\x00")
    page = (
        '<head><link rel="stylesheet" href="a/style.css">'
        '<script type="module" src="a/app.js"></script></head><body></body>'
    )
    assets = {"notices": "a/notices.txt"} | {n: {"file": "a/bin"} for n in one_file.PACKED}
    made = one_file.of(page, assets, tmp_path, "worker")
    assert made.count("</script>") == made.count("<script")
    assert "<!--" not in made
    assert "src=" not in made


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_a_missing_program_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    which = packages.shutil.which
    monkeypatch.setattr(
        packages.shutil, "which", lambda name: None if name == missing else which(name) or "node"
    )
    monkeypatch.setattr(
        packages.subprocess,
        "run",
        lambda *a, **k: SimpleNamespace(returncode=0, stdout="v22.1.0", stderr=""),
    )
    result = CliRunner().invoke(group, ["playground", "-o", str(tmp_path / "site")])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert f"there is no {missing}" in result.output
    assert not (tmp_path / "site").exists()


def test_an_old_node_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "run", lambda *words, **more: "v16.20.2\n")
    with pytest.raises(BuildError, match=r"20 or later, not v16\.20\.2"):
        packages.look_for_node()


def test_a_program_that_fails_gives_its_reason() -> None:
    with pytest.raises(BuildError) as raised:
        packages.run(sys.executable, "-c", "import nothing_of_that_name")
    assert "nothing_of_that_name" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_wheel_of_another_checksum_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def download(*words: str | Path, folder: Path | None = None) -> str:
        target = Path(words[words.index("--dest") + 1])
        target.mkdir(parents=True)
        (target / "planted-1.0-py3-none-any.whl").write_bytes(b"planted")
        return ""

    monkeypatch.setattr(packages, "run", download)
    with pytest.raises(BuildError, match="not the file that was locked"):
        packages.wheels(tmp_path, [Wheel("planted", "1.0", "MIT", "0" * 64)])


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(group, ["playground", "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert "--force" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_notices_name_every_wheel() -> None:
    assert "Pyodide" in notices._HEADING
    assert {wheel.licence for wheel in packages.locked_wheels()} == {"MIT", "PSF-2.0"}


def test_words_of_the_editor_are_those_of_the_schema() -> None:
    schema = build.language()["schema"]
    assert schema["definitions"]["conv"]["markdownDescription"].startswith("conv:")
