"""The pages that `shapecalc explain` prints: their examples do what they say, their sums too."""

from __future__ import annotations

import pickle
import re
from importlib import import_module
from inspect import cleandoc
from math import ceil, floor
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from click.testing import CliRunner

import shapecalc
from shapecalc import rules
from shapecalc.checks.pages import codes, page
from shapecalc.checks.rule import Check
from shapecalc.cli import group
from shapecalc.diagnostics import Diagnostic
from shapecalc.executor.verify import verify
from shapecalc.grading.assignment import read_assignment
from shapecalc.layers import KINDS
from shapecalc.layers.base import field_words
from shapecalc.rules import Rule
from shapecalc.tracing import Trace

CODES = (
    [f"SC10{n}" for n in range(1, 10)]
    + [f"SC20{n}" for n in range(1, 10)]
    + ["SC301", "SC302", "SC303"]
    + [f"SC40{n}" for n in range(1, 9)]
    + ["SC409", "SC410", "SC411", "SC412"]
    + [f"SC50{n}" for n in range(1, 10)]
    + [f"SC60{n}" for n in range(1, 6)]
    + [f"SC70{n}" for n in range(1, 4)]
)
# No spec is to blame for SC302, whose faults are planted in kernels, nor for what is wrong with
# answers, with files of other formats, or with weights.
SPECLESS = ("SC302", "SC508", "SC509", *(f"SC60{n}" for n in range(1, 6)))
SPECLESS += tuple(f"SC70{n}" for n in range(1, 4))
SPECS_TO_BLAME = [code for code in CODES if code not in SPECLESS]
MODULES = sorted(path.stem for path in Path(shapecalc.__file__).parent.glob("checks/sc*.py"))
PAGES = sorted(path.stem for path in Path(shapecalc.__file__).parent.glob("pages/*/*.md"))
OPENINGS = {"error": "Bad", "warning": "Warned", "advice": "Advised"}

# An example is read behind this input, unless it asks for another one.
INPUT = "16x16x256"
INPUTS = {"reshape": "3136"}


class Examples(NamedTuple):
    """The two specs of a page, as text, and the word that the first is announced with."""

    opening: str
    bad: str
    good: str


def examples(text: str) -> Examples:
    """Return the specs of a page: the indented texts behind `Bad, ...:` and behind `Good...:`."""
    found: dict[str, str] = {}
    pattern = r"^(Bad|Warned|Advised|Good)\b([^:\n]*):\n\n((?:(?: {4}.*)?\n)+)"
    for opening, _, indented in re.findall(pattern, text + "\n", flags=re.MULTILINE):
        assert opening not in found, f"two specs behind {opening}"
        found[opening] = cleandoc("\n" + indented) + "\n"
    openings = [opening for opening in found if opening != "Good"]
    assert len(openings) == 1, f"one spec with the fault, not {openings}"
    assert "Good" in found, "no good spec"
    return Examples(openings[0], found[openings[0]], found["Good"])


def traced(text: str, folder: Path) -> Trace:
    """Trace a text as the file that a reader would make of it."""
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    return shapecalc.trace(path)


def findings(text: str, folder: Path) -> list[Diagnostic]:
    """Return what check finds, and where that is nothing what verify finds, of a spec; or what
    grade finds of an assignment.
    """
    if "questions:" in text or "ask:" in text:
        path = folder / "assignment.yaml"
        path.write_text(text, encoding="utf-8")
        return list(read_assignment(path).diagnostics)
    trace = traced(text, folder)
    return list(trace.diagnostics) or list(verify(trace).diagnostics)


def page_of(code: str) -> str:
    """Return the page of a code that must have one."""
    text = page(code)
    assert text is not None, f"{code} has no page"
    return text


def rule_of(module: str) -> Rule:
    """Return the rule of a module of the checks."""
    return rules.of(module[:5].upper())


def explained(topic: str) -> str:
    """Return what `shapecalc explain` prints."""
    result = CliRunner().invoke(group, ["explain", topic])
    assert result.exit_code == 0, result.output
    return result.output


# -- rules -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code: str) -> None:
    assert code in codes()
    assert code in SPECLESS or examples(page_of(code))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_its_rule_and_its_page_agree(module: str) -> None:
    named = re.fullmatch(r"(sc\d{3})_[a-z_]+", module)
    assert named, "a rule's module is called sc###_name"
    code = named.group(1).upper()
    rule = rule_of(module)
    assert rule.code == code
    assert page_of(code).splitlines()[0] == f"{code} {rule.title} ({rule.severity})"
    check = getattr(import_module(f"shapecalc.checks.{module}"), "CHECK", None)
    if check is not None:
        assert isinstance(check, Check)
        assert check.rule is rule


def test_every_rule_has_one_page_and_every_page_a_rule() -> None:
    """The table of rules.py and the files of checks/ together."""
    assert [module[:5].upper() for module in MODULES] == codes() == list(CODES)


def test_a_rule_is_written_in_the_table_or_in_its_file() -> None:
    table = {rule.code for rule in vars(rules).values() if isinstance(rule, Rule)}
    own = {
        module[:5].upper()
        for module in MODULES
        if hasattr(import_module(f"shapecalc.checks.{module}"), "RULE")
    }
    assert not table & own
    assert table | own == set(codes())


def test_names_are_kebab_case_and_tell_rules_apart() -> None:
    names = [rule.name for rule in rules.beginning()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


@pytest.mark.parametrize(
    ("code", "name"), [("SC104", "another-name"), ("SC999", "wrong-value"), ("SC402", "no-pixels")]
)
def test_a_code_or_a_name_is_one_rules(code: str, name: str) -> None:
    before = dict(rules.CATALOGUE)
    with pytest.raises(ValueError, match="already"):
        rules.add(Rule(code, name))
    assert before == rules.CATALOGUE


def test_another_process_finds_its_own_rule_again() -> None:
    for rule in rules.beginning():
        assert pickle.loads(pickle.dumps(rule)) is rule


@pytest.mark.parametrize("code", SPECS_TO_BLAME)
def test_the_bad_spec_gives_the_code_and_no_other(code: str, tmp_path: Path) -> None:
    found = findings(examples(page_of(code)).bad, tmp_path)
    assert {item.code for item in found} == {code}, [item.message for item in found]


@pytest.mark.slow
@pytest.mark.parametrize("code", SPECS_TO_BLAME)
def test_the_good_spec_is_without_the_code_and_complete(code: str, tmp_path: Path) -> None:
    found = findings(examples(page_of(code)).good, tmp_path)
    messages = [f"{item.code} {item.message}" for item in found]
    assert code not in {item.code for item in found}, messages
    assert "error" not in {item.severity for item in found}, messages
    if not code.startswith("SC5"):
        assert traced(examples(page_of(code)).good, tmp_path).complete


@pytest.mark.parametrize("code", SPECS_TO_BLAME)
def test_a_rule_is_as_severe_as_what_it_finds(code: str, tmp_path: Path) -> None:
    rule = next(rule_of(module) for module in MODULES if module.startswith(code.lower()))
    shown = examples(page_of(code))
    found = findings(shown.bad, tmp_path)
    assert {item.severity for item in found if item.code == code} == {rule.severity}
    assert shown.opening == OPENINGS[rule.severity]


@pytest.mark.parametrize("code", CODES)
def test_explain_prints_a_rules_page(code: str) -> None:
    assert explained(code) == page_of(code) + "\n"
    assert explained(code.lower()) == explained(code)


def test_explain_lists_every_code_and_every_kind() -> None:
    result = CliRunner().invoke(group, ["explain"])
    assert result.exit_code == 0
    words = result.output.split()
    assert set(CODES) <= set(words)
    assert set(KINDS) <= set(words)


def test_the_page_of_the_stride_shows_the_formula_its_numbers_and_the_ways_out() -> None:
    text = page_of("SC201")
    assert "(W - F + 2P)/S + 1" in text
    assert "(224 - 11 + 2*0)/4 + 1 = 54.25" in text
    for way in ("another S", "P on one side", "another F", "another W", "rounding: floor"):
        assert way in text


# -- layer kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page(kind: str) -> None:
    text = explained(kind)
    assert text == cleandoc(KINDS[kind].__doc__ or "") + "\n"
    assert re.match(rf"{kind}(?: \([a-z, ]+\))?: ", text), "the first line says what it is"
    assert "\nExample: " in text
    assert re.search(r"^Sources?: ", text, flags=re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kinds_page_names_its_fields(kind: str) -> None:
    words = set(re.findall(r"\w+", cleandoc(KINDS[kind].__doc__ or "")))
    assert {*field_words(KINDS[kind])} <= words


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_is_valid_in_a_spec(kind: str, tmp_path: Path) -> None:
    example = KINDS[kind].example()
    written = yaml.safe_load(example)
    assert written == kind or list(written) == [kind]
    lines = [f"input: {INPUTS.get(kind, INPUT)}", "layers:"]
    if KINDS[kind].merges:  # give the layers that it names
        names = [name for name in written[kind] if name != "input"]
        lines += [f"  - relu: {{name: {name}, from: input}}" for name in names]
    if kind == "max_unpool":  # and the pool
        lines.append("  - max_pool: 1")
    lines.append(f"  - {example}")
    trace = traced("\n".join(lines), tmp_path)
    assert [item for item in trace.diagnostics if item.severity == "error"] == []
    assert trace.complete


# -- sums ------------------------------------------------------------------------------------------

ROUNDED = r"(?:floor|ceil)(?=\()"
NUMBER = r"(?>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"


def sums(text: str) -> list[tuple[str, str]]:
    """Return every sum of a page, as (`(224 - 11)/3 + 1`, `72`); chains give one for each `=`."""
    text = re.sub(r"(?<=\S)\n(?=\S)", " ", text)
    text = re.sub(r" (?:weights|biases)\b", "", text)
    found = []
    for equals in re.finditer(" = ", text):
        before = re.search(rf"(?:[\d,.()+*/ -]|{ROUNDED})*$", text[: equals.start()])
        left = re.split(rf", |\. |(?<=\d) +(?=[\d(]|{ROUNDED})", before.group() if before else "")[
            -1
        ]
        right = re.match(rf"{NUMBER}(?![x*^])", text[equals.end() :])
        if right and re.search(r"\d.*[+*/-]", left):
            found.append((left.strip(), right.group()))
    return found


def comes_out(left: str, right: str) -> bool:
    """Say whether a sum has the printed value, which may be rounded to its decimals."""
    value = eval(left.replace(",", ""), {"floor": floor, "ceil": ceil})  # and digits and signs
    decimals = len(right.partition(".")[2])
    return abs(value - float(right.replace(",", ""))) <= (0.5 * 10**-decimals if decimals else 0)


def wrong(text: str) -> list[str]:
    """Return the sums of a page that do not come out."""
    return [f"{left} = {right}" for left, right in sums(text) if not comes_out(left, right)]


@pytest.mark.quick(33)
@pytest.mark.parametrize("topic", [*CODES, *KINDS, *PAGES])
def test_the_sums_of_a_page_come_out(topic: str) -> None:
    assert wrong(explained(topic)) == []


def test_many_sums_are_found() -> None:
    assert len(sums(explained("SC201"))) >= 3
    assert len(sums(explained("conv"))) >= 3
    assert sum(len(sums(explained(topic))) for topic in [*CODES, *KINDS]) >= 30


# -- the tools of these tests ----------------------------------------------------------------------


def test_a_wrong_sum_is_found() -> None:
    assert wrong("(8 - 3 + 2*1)/1 + 1 = 8 and 10*3072 = 30,720 weights + 10 biases = 30,730") == []
    assert wrong("so (8 - 3 + 2*1)/1 + 1 = 9") == ["(8 - 3 + 2*1)/1 + 1 = 9"]
    assert wrong("10*3072 = 30,720 weights\n+ 10 biases = 30,731") == ["30,720 + 10 = 30,731"]
    assert wrong("is floor((10 - 3)/2) + 1 = 4 or ceil(7/2) + 1 = 5") == []
    assert wrong("is floor((10 - 3)/2) + 1 = 5") == ["floor((10 - 3)/2) + 1 = 5"]
    assert wrong("7/3 = 2.33 and 7/3 = 2.34 and 8/2 = 4.01") == ["7/3 = 2.34", "8/2 = 4.01"]
    assert wrong("6*6*3 = 109 values") == ["6*6*3 = 109"]
    assert wrong("    groups 4: 8*4*3*3 = 228 weights") == ["8*4*3*3 = 228"]
    assert wrong("56x56x64 + 56x56x64 = 56x56x64, K = 3") == []


@pytest.mark.parametrize(
    "text",
    [
        "Nothing is shown.\n",
        "Bad, since it is:\n\n    input: 3\n",
        "Good:\n\n    input: 3\n",
        "Bad:\n\ninput: 3\n\nGood:\n\n    input: 3\n",
        "Bad:\n\n    input: 3\n\nBad:\n\n    input: 4\n\nGood:\n\n    input: 3\n",
    ],
)
def test_a_page_without_its_specs_is_found(text: str) -> None:
    with pytest.raises(AssertionError, match="spec"):
        examples(text)


def test_a_spec_is_read_as_it_is_indented() -> None:
    text = "Bad, since:\n\n    a:\n      - b\n\n    c\n\nGood, here:\n\n    d\n\nSource: none.\n"
    assert examples(text) == ("Bad", "a:\n  - b\n\nc\n", "d\n")
