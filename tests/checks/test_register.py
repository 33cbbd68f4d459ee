"""A rule in one file, from outside the package: check finds it, explain prints its page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shapecalc import checks, rules
from shapecalc.checks import sc402_skipped_pixels

ROOT = Path(__file__).resolve().parents[2]
RULE = '''
"""A convolution has fewer than 16 filters.

Our course wants 16.
"""

from shapecalc.checks.rule import Check, finding
from shapecalc.layers.conv import Conv
from shapecalc.rules import Rule

RULE = Rule("OUR001", "few-filters", "warning")


def find(record, trace):
    if record.layer.K < 16:
        return [finding(RULE, record, f"{record.layer.K} filters", "take 16")]
    return ()


CHECK = Check(RULE, (Conv,), find)
'''
SPEC = "input: 8x8x4\nlayers:\n  - conv: {K: 3, F: 3, S: 2}\n  - conv: {K: 16, F: 1}\n"
COMMANDS = """
import json, sys
from click.testing import CliRunner
import shapecalc
from shapecalc import checks
from shapecalc.cli import group

shapecalc.trace("spec.yaml")  # what was looked up before is looked up anew
if sys.argv[1]:
    checks.register(__import__(sys.argv[1]))
results = [CliRunner().invoke(group, words) for words in json.loads(sys.argv[2])]
print(json.dumps([[result.exit_code, result.output] for result in results]))
"""


def run(folder: Path, module: str, *commands: list[str]) -> list[tuple[int, str]]:
    """Run commands in one process of its own, where a module was registered."""
    (folder / "our_rule.py").write_text(RULE, encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    paths = os.pathsep.join(map(str, (ROOT, folder)))
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, module, json.dumps(commands)],
        cwd=folder,
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    return [(code, output) for code, output in json.loads(done.stdout)]


def codes(output: str) -> list[str]:
    found: list[dict[str, Any]] = json.loads(output)
    return [one["code"] for one in found]


def test_check_finds_a_registered_rule_and_takes_its_code(tmp_path: Path) -> None:
    plain, listed, selected, ignored, strict = run(
        tmp_path,
        "our_rule",
        ["check", "-q", "spec.yaml"],
        ["check", "-q", "--format", "json", "spec.yaml"],
        ["check", "-q", "--format", "json", "--select", "our", "spec.yaml"],
        ["check", "-q", "--format", "json", "--ignore", "OUR001", "spec.yaml"],
        ["check", "-q", "--strict", "--select", "OUR", "spec.yaml"],
    )
    assert "spec.yaml:3:5: OUR001 warning: conv1 (F=3 S=2 P=0) on 8x8x4: 3 filters" in plain[1]
    assert "\n    take 16\n" in plain[1]
    assert codes(listed[1]) == ["SC201", "OUR001"]
    assert selected[0] == 0
    assert codes(selected[1]) == ["OUR001"]
    assert codes(ignored[1]) == ["SC201"]
    assert strict[0] == 1


@pytest.mark.slow
def test_explain_prints_a_registered_rules_page(tmp_path: Path) -> None:
    page, listed, contents = run(
        tmp_path, "our_rule", ["explain", "our001"], ["explain", "OUR"], ["explain"]
    )
    assert page[1] == (
        "OUR001 few filters (warning)\n\nA convolution has fewer than 16 filters.\n\n"
        "Our course wants 16.\n"
    )
    assert listed[1] == "OUR001  few filters (warning)\n"
    assert "OUR001" in contents[1].split()


@pytest.mark.slow
def test_without_it_nobody_knows_the_code(tmp_path: Path) -> None:
    plain, selected, page = run(
        tmp_path,
        "",
        ["check", "-q", "--format", "json", "spec.yaml"],
        ["check", "--select", "OUR001", "spec.yaml"],
        ["explain", "OUR001"],
    )
    assert codes(plain[1]) == ["SC201"]
    assert (selected[0], page[0]) == (2, 2)
    assert "'OUR001' is neither a code nor the beginning of one" in selected[1]


@pytest.mark.parametrize("name", ["skipped-pixels", "other"])
def test_a_code_is_registered_once(name: str) -> None:
    module = ModuleType("other")
    check = sc402_skipped_pixels.CHECK
    vars(module)["CHECK"] = check._replace(rule=rules.Rule("SC402", name))
    before = len(checks.CHECKS)
    with pytest.raises(ValueError, match="already"):
        checks.register(module)
    assert len(checks.CHECKS) == before


def test_a_module_is_registered_once() -> None:
    before = list(checks.CHECKS)
    checks.register(sc402_skipped_pixels)
    assert before == checks.CHECKS
