"""Settings from shapecalc.toml and pyproject.toml: which count, and what is wrong with some."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from shapecalc.cli import settings

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Let each test find its files anew."""
    settings._of_folder.cache_clear()
    settings._in_folder.cache_clear()
    yield
    settings._of_folder.cache_clear()
    settings._in_folder.cache_clear()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(result: Result) -> list[str]:
    return [line.partition(" ")[2][:5] for line in result.stdout.splitlines() if line[0] != " "]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["SC402"]),
        ('ignore = ["SC402"]', []),
        ('ignore = ["sc4"]', []),
        ('select = ["SC2"]', []),
        ('select = ["SC2"]\nextend-select = ["SC402"]', ["SC402"]),
        ('per-file-ignores = {"nets/*" = ["SC402"]}', []),
        ('per-file-ignores = {"warned.yaml" = ["SC402"]}', []),
        ('per-file-ignores = {"other/*" = ["SC402"]}', ["SC402"]),
    ],
)
@pytest.mark.parametrize("name", ["shapecalc.toml", "pyproject.toml"])
def test_a_setting_decides_what_is_found(
    run: Run, files: Path, name: str, text: str, codes: list[str]
) -> None:
    table = "[tool.shapecalc]\n" if name == "pyproject.toml" else ""
    write(files / name, f"{table}{text}\n")
    warned = write(files / "nets" / "warned.yaml", (files / "warned.yaml").read_text("utf-8"))
    assert found(run("check", warned.relative_to(files).as_posix())) == codes
    assert found(run("check", "nets")) == codes


def test_the_nearest_file_counts_and_shapecalc_toml_first(run: Run, files: Path) -> None:
    write(files / "pyproject.toml", '[tool.shapecalc]\nignore = ["SC402"]\n')
    write(files / "nets" / "pyproject.toml", "[project]\nname = 'other'\n")
    write(files / "nets" / "warned.yaml", (files / "warned.yaml").read_text("utf-8"))
    assert found(run("check", "nets/warned.yaml")) == []  # one without settings is passed over
    settings._of_folder.cache_clear()
    settings._in_folder.cache_clear()
    write(files / "nets" / "shapecalc.toml", "strict = true\n")
    assert run("check", "nets/warned.yaml").exit_code == 0  # strict is the current folder's
    assert found(run("check", "nets/warned.yaml")) == ["SC402"]


def test_the_command_line_wins(run: Run, files: Path) -> None:
    write(files / "shapecalc.toml", 'ignore = ["SC402"]\nformat = "json"\n')
    assert json.loads(run("check", "warned.yaml").stdout) == []
    assert found(run("check", "warned.yaml", "--ignore", "SC1", "--format", "text")) == ["SC402"]
    assert found(run("check", "warned.yaml", "--isolated")) == ["SC402"]
    write(files / "shapecalc.toml", 'per-file-ignores = {"w*" = ["SC402"]}\nignore = ["SC2"]\n')
    settings._of_folder.cache_clear()
    settings._in_folder.cache_clear()
    both = run("check", ".", "--ignore", "SC1", "--select", "SC2,SC402")
    assert found(both) == ["SC201"]  # --ignore is for `ignore`; what is said of files stays
    write(files / "shapecalc.toml", 'extend-select = ["SC4"]\n')
    settings._of_folder.cache_clear()
    settings._in_folder.cache_clear()
    assert found(run("check", "warned.yaml", "--select", "SC2")) == []
    assert found(run("check", "warned.yaml", "--select", "SC2", "--extend-select", "SC4"))
    other = write(files / "other.toml", 'select = ["SC402"]\n')
    assert found(run("check", "warned.yaml", "--config", other.name)) == ["SC402"]


def test_strict_comes_from_the_current_folder(run: Run, files: Path) -> None:
    assert run("check", "warned.yaml").exit_code == 0
    settings._of_folder.cache_clear()
    settings._in_folder.cache_clear()
    write(files / "shapecalc.toml", "strict = true\n")
    assert run("check", "warned.yaml").exit_code == 1


def test_what_is_excluded_is_counted_and_checked_if_it_is_named(run: Run, files: Path) -> None:
    write(files / "shapecalc.toml", 'exclude = ["old/", "w*.yaml"]\n')
    write(files / "old" / "deep" / "faulty.yaml", (files / "faulty.yaml").read_text("utf-8"))
    result = run("check", ".", "--select", "SC2,SC402")
    assert result.stdout.count("SC201") == 1
    assert "2 excluded" in result.stderr
    assert found(run("check", "warned.yaml")) == ["SC402"]


def test_standard_input_has_the_settings_of_its_name(run: Run, files: Path) -> None:
    write(files / "nets" / "shapecalc.toml", 'ignore = ["SC402"]\n')
    text = (files / "warned.yaml").read_text("utf-8")
    assert found(run("check", "-", stdin=text)) == ["SC402"]
    assert found(run("check", "-", "--stdin-filename", "nets/a.yaml", stdin=text)) == []
    result = run("check", "-", "--stdin-filename", "other/a.yaml", stdin=text)
    assert result.stdout.startswith("other/a.yaml:3:5: SC402")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ignored = []", "no setting ignored: ignore?"),
        ('ignore = "SC4"', "a list of texts"),
        ('ignore = ["SC9"]', "SC9 is none"),
        ("strict = 1", "true or false"),
        ('format = "xml"', "one of text, json"),
        ("per-file-ignores = []", "a table"),
        ('plugins = ["evil.py/x"]', "a list of packages"),
        ("a = [", "Invalid"),
    ],
)
def test_a_wrong_setting_is_an_error(run: Run, files: Path, text: str, said: str) -> None:
    write(files / "shapecalc.toml", text)
    result = run("check", "sound.yaml")
    assert result.exit_code == 2
    assert "shapecalc.toml" in result.stderr
    assert said in result.stderr or said == "Invalid"


def test_settings_are_shown_as_toml(run: Run, files: Path) -> None:
    text = 'ignore = ["SC402"]\nper-file-ignores = {"a\\\\b" = ["SC3"]}\nstrict = true\n'
    write(files / "shapecalc.toml", text)
    shown = run("check", "--show-settings", "sound.yaml").stdout
    again = tomllib.loads(shown)
    wanted = tomllib.loads(text)
    assert {key: again[key] for key in wanted} == wanted
    assert shown.startswith("# ")


def test_an_uninstalled_plugin_is_told_of(run: Run, files: Path) -> None:
    write(files / "shapecalc.toml", 'plugins = ["no_such_package_at_all"]\n')
    result = run("check", "sound.yaml")
    assert result.exit_code == 2
    assert "no_such_package_at_all" in result.stderr


@pytest.mark.parametrize("name", ["a/" * 1500 + "x.yaml", "a" * 300 + "/x.yaml", "ab/" * 3000])
def test_no_name_of_standard_input_is_too_deep_or_too_long(run: Run, name: str) -> None:
    result = run("check", "-", "--stdin-filename", name, stdin="input: 8\nlayers: [relu]\n")
    assert result.exit_code == 0, result.stderr
