"""The catalogue of rules: what may be found, by its code; whoever finds it names the rule.

The rules below are met in many places: while a file is read, while volumes are computed, by the
executor, in homework. A rule that looks at a finished trace and is named nowhere else stands in its
own file in checks/, and is added here when that is loaded. The pages of all are files in checks/.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning", "advice"]
Stage = Literal[
    "reading", "shapes", "claims", "execution", "advice", "homework", "files", "weights"
]


class Rule:
    """A rule. `name` is in kebab-case; `stage` is where in the work it is met.

    There is one object a code, so that rules are told apart by identity.
    """

    __slots__ = ("code", "name", "severity", "stage", "structural")

    def __init__(
        self, code: str, name: str, severity: Severity = "error", stage: Stage = "advice"
    ) -> None:
        self.code, self.name, self.severity, self.stage = code, name, severity, stage
        # Whether something of the network itself is not known while it is broken.
        self.structural = stage in ("reading", "shapes") or (
            stage == "weights" and severity == "error"
        )

    def __repr__(self) -> str:
        return f"<{self.code} {self.name}>"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return of, (self.code,)  # another process has its own catalogue

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("-", " ")


UNREADABLE = Rule("SC101", "not-readable", "error", "reading")
UNKNOWN_KEY = Rule("SC102", "unknown-key", "error", "reading")
MISSING_FIELD = Rule("SC103", "missing-field", "error", "reading")
WRONG_VALUE = Rule("SC104", "wrong-value", "error", "reading")
UNKNOWN_KIND = Rule("SC105", "unknown-layer-kind", "error", "reading")
NAME_USED_TWICE = Rule("SC106", "name-used-twice", "error", "reading")
NO_SUCH_NAME = Rule("SC107", "no-such-name", "error", "reading")
LIMIT_PASSED = Rule("SC108", "limit-passed", "error", "reading")
NUMBER_OF_SOURCES = Rule("SC109", "number-of-sources", "error", "reading")

STRIDE_FIT = Rule("SC201", "stride-does-not-fit", "error", "shapes")
TOO_LARGE = Rule("SC202", "filter-too-large", "error", "shapes")
POOL_PADDING = Rule("SC203", "pool-padding", "error", "shapes")
GROUPS = Rule("SC204", "groups-do-not-divide", "error", "shapes")
DISAGREEMENT = Rule("SC205", "volumes-do-not-agree", "error", "shapes")
RANK = Rule("SC206", "wrong-number-of-axes", "error", "shapes")
RESHAPE = Rule("SC207", "reshape-changes-the-count", "error", "shapes")
OUTPUT_PADDING = Rule("SC208", "output-padding-too-large", "error", "shapes")
SHARED_SHAPES = Rule("SC209", "shared-shapes-differ", "error", "shapes")

FALSE_CLAIM = Rule("SC301", "false-claim", "error", "claims")
EXECUTION = Rule("SC302", "prediction-and-execution-disagree", "error", "execution")
FALSE_EXAMPLE = Rule("SC303", "false-example", "error", "execution")

UNUSED_IGNORE = Rule("SC409", "unused-ignore-comment", "warning", "advice")

UNKNOWN_ASSIGNMENT_KEY = Rule("SC501", "unknown-key-in-an-assignment", "error", "homework")
MISSING_IN_ASSIGNMENT = Rule("SC502", "missing-in-an-assignment", "error", "homework")
WRONG_ASSIGNMENT_VALUE = Rule("SC503", "wrong-value-in-an-assignment", "error", "homework")
UNUSABLE_NETWORK = Rule("SC504", "unusable-network", "error", "homework")
NOTHING_TO_ASK = Rule("SC505", "nothing-to-ask-for", "error", "homework")
QUESTION_TWICE = Rule("SC506", "question-twice", "error", "homework")
FALSE_KEY = Rule("SC507", "false-key", "error", "homework")
UNREADABLE_ANSWERS = Rule("SC508", "unreadable-answers", "error", "homework")
ANSWER_TO_NO_QUESTION = Rule("SC509", "answer-to-no-question", "error", "homework")

ANY_VALUE = Rule("SC412", "any-value", "advice")

TAKEN_FROM_FILE = Rule("SC601", "taken-from-the-file", "advice", "files")
NOT_KNOWN = Rule("SC602", "not-known", "warning", "files")
DAMAGED = Rule("SC603", "damaged-file", "error", "reading")
INPUT_SIZE = Rule("SC604", "input-size-needed", "warning", "files")
UNEVEN_SIZE = Rule("SC605", "uneven-input-size", "warning", "files")

MISSING_TENSOR = Rule("SC701", "missing-tensor", "error", "weights")
UNEXPECTED_TENSOR = Rule("SC702", "unexpected-tensor", "warning", "weights")
OTHER_SHAPE = Rule("SC703", "tensor-of-another-shape", "error", "weights")

_catalogue = {rule.code: rule for rule in tuple(globals().values()) if isinstance(rule, Rule)}
CATALOGUE: Mapping[str, Rule] = MappingProxyType(_catalogue)


def add(rule: Rule) -> None:
    """Add a rule to the catalogue. Raises ValueError where its code or name is another rule's."""
    for known in _catalogue.values():
        if known is not rule and (known.code == rule.code or known.name == rule.name):
            raise ValueError(f"{rule.code} {rule.name}: there is {known.code} {known.name} already")
    _catalogue[rule.code] = rule


def of(code: str) -> Rule:
    """Return the rule of a code. Raises KeyError where there is none."""
    return _catalogue[code]


def beginning(*prefixes: str) -> list[Rule]:
    """Return the rules whose codes begin with one of some prefixes, in order; all for none."""
    wanted = prefixes or ("",)
    return [_catalogue[code] for code in sorted(_catalogue) if code.startswith(wanted)]
