"""What a parameter says of itself: role, fan-in, start; and that nobody asks its name instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from shapecalc.layers import KINDS
from shapecalc.layers.base import Counts, Layer, Parameter, Parameters, vector
from shapecalc.layers.field_types import Volume
from shapecalc.quantities import QUANTITIES, ROLES

PACKAGE = Path(__file__).resolve().parents[2] / "shapecalc"


class Odd(Layer):
    """A layer with two weights, two biases and a statistic, under names that nobody knows."""

    has_weights = True

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        D = inputs[0][-1]
        return {
            "into": Parameter((7, D), "weight"),
            "scale": vector(7, "weight", 1.0),
            "beta": vector(7, "bias"),
            "gate": vector(2, "bias"),
            "centre": vector(5, "statistic"),
        }


def test_parameters_are_counted_by_role_and_not_by_name() -> None:
    layer = Odd()
    assert layer.counts([(3,)]) == Counts(weights=7 * 3 + 7, biases=9, non_trainable=5)
    assert layer.counts([(3,)]).parameters == 37
    assert [derived.quantity for derived in layer.count_derivations([(3,)])] == [
        "weights", "weights", "biases", "biases", "non_trainable",
    ]  # fmt: skip
    assert Counts(None, 3, 0).parameters is None


def test_every_role_counts_as_one_quantity() -> None:
    assert ROLES == {"weight": "weights", "bias": "biases", "statistic": "non_trainable"}
    assert tuple(ROLES.values()) == Counts._fields
    assert all(QUANTITIES[key].role == role for role, key in ROLES.items())


@pytest.mark.parametrize(
    ("kind", "fields", "fan_in"),
    [
        ("conv", {"K": 8, "F": 3}, 9 * 6),
        ("conv", {"K": 8, "F": 3, "groups": 2}, 9 * 3),
        ("depthwise_conv", {"F": 3}, 9),
        ("conv_transpose", {"K": 8, "F": 3}, 9 * 8),  # as torch.nn.init counts it
        ("dense", {"units": 8}, 5 * 4 * 6),
    ],
)
def test_weights_that_are_drawn_have_the_fan_in(
    kind: str, fields: dict[str, int], fan_in: int
) -> None:
    own = KINDS[kind](**fields).parameters([(5, 4, 6)])
    assert (own["weight"].start, own["weight"].fan_in) == (None, fan_in)
    assert (own["bias"].role, own["bias"].start, own["bias"].learned) == ("bias", 0, True)


def test_a_batch_norm_keeps_two_statistics() -> None:
    own = KINDS["batch_norm"]().parameters([(5, 4, 6)])
    said = {name: (p.role, p.start, p.negative, p.learned) for name, p in own.items()}
    assert said == {
        "weight": ("weight", 1, True, True),
        "bias": ("bias", 0, True, True),
        "running_mean": ("statistic", 0, True, False),
        "running_var": ("statistic", 1, False, False),
    }


# -- nobody asks a name ----------------------------------------------------------------------------

NAME = r"[\"'](?:weight|bias|running\w*)[\"']"
# `target.parameter == "bias"`, `name.startswith("running")`, `"bias" in shapes`
ASKED = re.compile(rf"\w*name\w* [!=]= {NAME}|\.startswith\({NAME}|{NAME} (?:not )?in ")
KERNELS = PACKAGE / "executor" / "kernels"  # a kernel knows its own parameters by name


def asked(text: str) -> list[str]:
    """Return where the text decides by the name of a parameter."""
    return ASKED.findall(text)


def test_no_code_decides_by_the_name_of_a_parameter() -> None:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if KERNELS not in path.parents]
    assert len(paths) > 200
    found = {str(path): asked(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "planted",
    [
        'if name == "bias":',
        'x = [n for n in names if not n.startswith("running")]',
        'biases = int("bias" in shapes)',
        "return 1.0 if name == 'running_var' else 0.0",
        'if name != "weight":',
    ],
)
def test_a_planted_question_is_found(planted: str) -> None:
    assert len(asked(planted)) == 1
