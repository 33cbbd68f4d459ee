"""Own answers in other networks of an assignment: where a layer computes the same, and only there.

3x1: 1*1 + 2*2 + 0.5 = 5.5 and 1*2 + 2*3 + 0.5 = 8.5, whose mean is 7. With 5 for 5.5 it is 6.75.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.counterparts import MOST_NETWORKS, Counterparts
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.query import read_path
from shapecalc.grading.subject import Subject
from shapecalc.readers import native
from shapecalc.worked_example import Names

GIVEN = {"input": [[1, 2, 3]], "conv1.weight": [[[1, 2]]], "conv1.bias": [0.5]}
FIRST: dict[str, Any] = {
    "input": "3x1",
    "layers": [{"conv": {"K": 1, "F": 2}}, "relu", {"dense": 1}],
    "example": {
        "given": {**GIVEN, "dense1.weight": [[1, -1]], "dense1.bias": [0.25]},
        "loss": {"squared_error": [3]},
    },
}
# The same conv and relu, called otherwise.
SECOND: dict[str, Any] = {
    "input": "3x1",
    "layers": [
        {"conv": {"K": 1, "F": 2, "name": "first"}}, {"relu": {"name": "cut"}}, {"avg_pool": 2},
    ],
    "example": {
        "given": {
            "input": [[1, 2, 3]], "first.weight": [[[1, 2]]], "first.bias": [0.5],
        },
    },
}  # fmt: skip
OWN = [[5, 8.5]]

# 33x33x1: (33 - 3)/2 + 1 = 16 and half of that is 8; 4*3*3 + 4 = 40 and 3*8*8*4 + 3 = 771
SIZES: dict[str, Any] = {
    "input": "33x33x1",
    "layers": [{"conv": {"K": 4, "F": 3, "S": 2}}, {"max_pool": 2}],
}
WITH_DENSE: dict[str, Any] = {
    "input": "33x33x1",
    "layers": [
        {"conv": {"K": 4, "F": 3, "S": 2, "name": "first"}}, {"avg_pool": 2}, {"dense": 3},
    ],
}  # fmt: skip


def marked(*asked: tuple[dict[str, Any], str, Any], **more: Any) -> list[Mark]:
    """Return the marks of the answers to questions, each about a network of its own."""
    questions = [{"id": f"q{n}", "spec": s, "ask": a} for n, (s, a, _) in enumerate(asked, 1)]
    keys = {"questions": questions, "show": "always", "follow_through": 0.5, **more}
    assignment = read_assignment(keys)
    assert assignment.usable, assignment.diagnostics
    answers = {f"q{n}": answer for n, (_, _, answer) in enumerate(asked, 1)}
    return list(Marker(assignment).mark("one", answers).marks)


def changed(spec: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """Return a spec with another value at a path."""
    found = deepcopy(spec)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return found


@pytest.mark.parametrize("ask", ["relu1.value", "conv1.value"])
def test_values_are_gone_on_with_in_another_network(ask: str) -> None:
    mark = marked((FIRST, ask, OWN), (SECOND, "avg_pool1.value", 6.75))[1]
    assert (mark.verdict, mark.points) == ("followed through", 0.5)
    assert "from your answer [[5, 8.5]] to question 1." in mark.feedback


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "other",
    [
        changed(SECOND, "example", "given", "input", to=[[1, 2, 4]]),
        changed(SECOND, "example", "given", "first.weight", to=[[[1, 3]]]),
        changed(SECOND, "example", "given", "first.bias", to=[0.75]),
        changed(SECOND, "layers", 1, to={"leaky_relu": {"name": "cut"}}),
        changed(SECOND, "layers", to=["tanh", *SECOND["layers"]]),
    ],
)
def test_what_differs_before_a_layer_stops_its_values(other: dict[str, Any]) -> None:
    mark = marked((FIRST, "relu1.value", OWN), (other, "avg_pool1.value", 6.75))[1]
    assert (mark.verdict, mark.points) == ("wrong", 0)


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "other",
    [
        changed(SECOND, "example", "training", to=False),  # of no layer here
        changed(SECOND, "layers", 0, "conv", "trainable", to=False),
        changed(SECOND, "example", "given", "first.weight", to=[[[1.0, 2.0]]]),
        changed(SECOND, "layers", 2, to={"avg_pool": {"F": 2, "name": "avg_pool1", "P": 0}}),
        {**SECOND, "name": "Another", "layers": [*SECOND["layers"], "tanh"]},
    ],
)
def test_what_changes_nothing_there_stops_nothing(other: dict[str, Any]) -> None:
    mark = marked((FIRST, "relu1.value", OWN), (other, "avg_pool1.value", 6.75))[1]
    assert mark.verdict == "followed through"


def test_a_mode_of_training_stops_the_values_of_a_layer_that_has_it() -> None:
    """Of 5.5 and 8.5, whose mean is 7 and variance 2.25, batch_norm makes -1 and 1."""
    given = {**GIVEN, "batch_norm1.weight": [1], "batch_norm1.bias": [0]}
    one = {
        "input": "3x1", "layers": [FIRST["layers"][0], "batch_norm"], "example": {"given": given},
    }  # fmt: skip
    two = {**one, "layers": [*one["layers"], {"avg_pool": 2}]}
    for training, verdict in ((True, "followed through"), (False, "wrong")):
        other = changed(two, "example", "training", to=training)
        first = changed(one, "example", "training", to=True)
        asked = (first, "batch_norm1.value", [[-1, 2]]), (other, "avg_pool1.value", 0.5)
        assert marked(*asked)[1].verdict == verdict


@pytest.mark.parametrize(
    ("first", "answer", "then", "value"),
    [
        ("conv1.output", "30x30x4", "avg_pool1.output", "15x15x4"),
        ("conv1.output", "30x30x4", "dense1.parameters", 15 * 15 * 4 * 3 + 3),
        ("conv1.parameters", 45, "total.parameters", 45 + 771),
        ("conv1.biases", 9, "first.parameters", 45),
    ],
)
def test_volumes_and_counts_are_gone_on_with_in_another_network(
    first: str, answer: Any, then: str, value: Any
) -> None:
    mark = marked((SIZES, first, answer), (WITH_DENSE, then, value))[1]
    assert (mark.verdict, mark.points) == ("followed through", 0.5)
    assert marked((WITH_DENSE, then, value))[0].verdict == "wrong"
    for field in ({"K": 4, "F": 3, "S": 2, "bias": False}, {"K": 4, "F": 5, "S": 2, "P": 1}):
        other = changed(WITH_DENSE, "layers", 0, "conv", to={**field, "name": "first"})
        assert marked((SIZES, first, answer), (other, then, value))[1].verdict != "followed through"


def test_of_one_name_and_volume_behind_different_layers_nothing_is_carried() -> None:
    """Both conv2 give 16x16x2, one of them behind a relu."""
    one = {
        "input": "32x32x1",
        "layers": [{"conv": {"K": 4, "F": 2, "S": 2}}, {"conv": {"K": 2, "F": 1}}, {"max_pool": 2}],
    }
    other = {**one, "layers": [one["layers"][0], "relu", *one["layers"][1:]]}
    asked = (one, "conv2.output", "30x30x2"), (other, "max_pool1.output", "15x15x2")
    assert marked(*asked)[1].verdict != "followed through"


def test_an_answer_about_the_network_itself_counts_before_one_about_another() -> None:
    """Of 30x30x4 a pool of 2 makes 15x15x4, of 20x20x4 10x10x4."""
    other = (SIZES, "conv1.output", "30x30x4")
    for own, value, verdict in (
        ("20x20x4", "10x10x4", "followed through"),
        ("20x20x4", "15x15x4", "wrong"),
        ("16x16x4", "15x15x4", "wrong"),
    ):
        asked = [(WITH_DENSE, "first.output", own), (WITH_DENSE, "avg_pool1.output", value)]
        assert marked(other, *asked)[-1].verdict == verdict
        assert marked(asked[0], other, asked[1])[-1].verdict == verdict


def test_the_same_asked_again_does_not_follow_from_itself() -> None:
    """It is wrong once more."""
    asked = (SIZES, "conv1.output", "29x29x4"), (WITH_DENSE, "first.output", "29x29x4")
    assert marked(*asked)[1].verdict == "wrong"


@pytest.mark.slow
def test_gradients_are_gone_on_with_where_all_behind_them_is_the_same() -> None:
    """-2.75 - 3 is -5.75, whose double is -11.5; with -12 for it, the weights' are -12 times the
    inputs 5.5 and 8.5, and the bias' is -12.
    """
    renamed = changed(FIRST, "layers", 2, to={"dense": {"units": 1, "name": "last"}})
    given = {**GIVEN, "last.weight": [[1, -1]], "last.bias": [0.25]}
    same = changed(renamed, "example", "given", to=given)
    asked = (FIRST, "dense1.grad", [-12])
    for then, value in (("last.weight.grad", [[-66, -102]]), ("last.bias.grad", [-12])):
        assert marked(asked, (same, then, value))[1].verdict == "followed through"
        for loss in ({"squared_error": [4]}, {"half_squared_error": [3]}):
            other = changed(same, "example", "loss", to=loss)
            assert marked(asked, (other, then, value))[1].verdict == "wrong"
    step = changed(same, "example", "rate", to=0.1)
    asked = (FIRST, "dense1.bias.grad", [-12])
    assert marked(asked, (step, "last.bias.next", [1.45]))[1].verdict == "followed through"
    decay = changed(step, "example", "loss", "weight_decay", to=0.5)
    assert marked(asked, (decay, "last.bias.next", [1.45]))[1].verdict == "wrong"


def test_what_goes_on_otherwise_stops_a_gradient() -> None:
    """A relu behind the dense layer makes 0 of -2.75, and of the gradient."""
    other = changed(FIRST, "layers", to=[*FIRST["layers"], "relu"])
    asked = (FIRST, "dense1.grad", [-12]), (other, "dense1.bias.grad", [-12])
    assert marked(*asked)[1].verdict == "wrong"


def test_right_values_are_gone_on_with_as_they_were_rounded() -> None:
    """1/3 + 1/3 is 0.667 of 0.333 and 0.667 as of 1/3 and 2/3; 300 of the first are 99.9."""
    given = {"input": [1], "dense1.weight": [[1 / 3]], "dense1.bias": [0]}
    one = {"input": "1", "layers": [{"dense": 1}], "example": {"given": given}}
    two = {
        "input": "1",
        "layers": [{"dense": {"units": 1, "name": "a"}}, {"dense": {"units": 1, "name": "b"}}],
        "example": {
            "given": {
                "input": [1], "a.weight": [[1 / 3]], "a.bias": [0], "b.weight": [[300]],
                "b.bias": [0],
            },
        },
    }  # fmt: skip
    rounded = marked((one, "dense1.value", 0.333), (two, "b.value", 99.9))[1]
    assert rounded.verdict == "right"
    assert marked((two, "b.value", 99.9))[0].verdict != "right"


def test_layers_with_the_weights_of_others_have_counterparts_where_these_have() -> None:
    """dense2 has the weights of dense1: 2*3 + 1 = 7 and 2*7 + 1 = 15; with 8, 2*8 + 1 = 17."""
    given = {"input": [3], "dense1.weight": [[2]], "dense1.bias": [1]}
    one = {
        "input": "1",
        "layers": [{"dense": 1}, {"dense": {"units": 1, "share": "dense1"}}, "relu"],
        "example": {"given": given},
    }
    two = {**one, "layers": [*one["layers"], {"dense": {"units": 1, "share": "dense1"}}]}
    alone = changed(one, "layers", 1, to={"dense": 1})
    alone["example"]["given"] = {**given, "dense2.weight": [[2]], "dense2.bias": [1]}
    asked = (one, "dense2.value", 17)
    assert marked(asked, (two, "relu1.value", 17))[1].verdict == "followed through"
    assert marked((one, "dense1.value", 8), (alone, "relu1.value", 17))[1].verdict != "wrong"
    assert marked(asked, (alone, "relu1.value", 17))[1].verdict == "wrong"


def elsewhere(first: dict[str, Any], ask: str, second: dict[str, Any]) -> list[str]:
    """Return what is the same in a second network as what is asked about the first."""
    asks = [{"id": "a", "spec": first, "ask": ask}, {"id": "b", "spec": second, "ask": "in.macs"}]
    assignment = read_assignment({"questions": asks})
    assert assignment.usable, assignment.diagnostics
    question, _ = assignment.questions
    return [there.query.path for there in question.elsewhere]


def test_frozen_layers_have_other_counts_and_no_gradients_of_their_own() -> None:
    one = changed(FIRST, "layers", 0, "conv", "name", to="in")
    given = {**GIVEN, "dense1.weight": [[1, -1]], "dense1.bias": [0.25]}
    given = {key.replace("conv1", "in"): value for key, value in given.items()}
    one = changed(one, "example", "given", to=given)
    frozen = changed(one, "layers", 0, "conv", "trainable", to=False)
    for ask in ("in.parameters", "in.value", "in.grad", "relu1.grad[0,1]"):
        assert elsewhere(one, ask, frozen) == [ask]
    for ask in ("in.trainable", "in.frozen", "in.weight.grad"):
        assert elsewhere(one, ask, frozen) == []
        assert elsewhere(one, ask, {**one, "name": "Another"}) == [ask]


def test_what_has_the_weights_of_another_layer_is_not_one_that_has_its_own() -> None:
    """In the gradient of shared weights there is what comes back through both layers."""
    dense = {"dense": {"units": 1, "name": "in", "bias": False}}
    two = {"dense": {"units": 1, "from": "input", "bias": False}}
    shared = {"dense": {"units": 1, "from": "input", "bias": False, "share": "in"}}
    given = {"input": [3], "in.weight": [[2]]}
    tied = {
        "input": "1", "layers": [dense, shared], "outputs": ["in", "dense2"],
        "example": {"given": given, "upstream": {"in": [1], "dense2": [7]}},
    }  # fmt: skip
    plain = changed(tied, "layers", 1, to=two)
    plain["example"]["given"] = {**given, "dense2.weight": [[2]]}
    alone = {
        "input": "1", "layers": [dense],
        "example": {"given": given, "upstream": {"in": [1]}},
    }  # fmt: skip
    assert elsewhere(alone, "in.grad", tied) == ["in.grad"]
    assert elsewhere(alone, "in.weight.grad", plain) == ["in.weight.grad"]
    assert elsewhere(alone, "in.weight.grad", tied) == []
    for ask in ("dense2.value", "dense2.parameters"):
        assert elsewhere(tied, ask, plain) == []
        assert elsewhere(tied, ask, {**tied, "name": "Another"}) == [ask]


def test_what_has_one_parameter_of_another_layer_is_not_one_that_has_its_own() -> None:
    first = {"dense": {"units": 4, "name": "in"}}
    shared = {"dense": {"units": 4, "share": {"weight": "in"}}}
    turned = {"dense": {"units": 4, "share": {"weight": "in", "transposed": True}}}
    tied = {"input": "4", "layers": [first, shared]}
    for other in ({"dense": 4}, turned):
        assert elsewhere(tied, "dense2.output", changed(tied, "layers", 1, to=other)) == []
    again = {**tied, "name": "Another"}
    assert elsewhere(tied, "dense2.output", again) == ["dense2.output"]


def test_an_upsampling_like_another_layer_is_the_same_whatever_that_is_called() -> None:
    """9x9x1 as large as the input; with 10x10x1 half of that is 5."""

    def net(name: str, *more: Any) -> dict[str, Any]:
        cut = [{"conv": {"K": 1, "F": 3, "P": 1, "name": name}}, {"max_pool": {"F": 3, "S": 2}}]
        return {"input": "9x9x1", "layers": [*cut, {"upsample": {"like": name}}, *more]}

    asked = (net("a"), "upsample1.output", "10x10x1")
    other = net("b", {"max_pool": {"F": 2, "rounding": "floor"}})
    assert marked(asked, (other, "max_pool2.output", "5x5x1"))[1].verdict == "followed through"


def test_what_waits_for_an_answer_waits_in_another_network_as_well() -> None:
    asked = (SIZES, "conv1.output", "see my scan"), (WITH_DENSE, "avg_pool1.output", "11x11x4")
    assert marked(*asked)[1].verdict == "needs a look"
    smaller = changed(WITH_DENSE, "input", to="29x29x1")
    assert marked(asked[0], (smaller, *asked[1][1:]))[1].verdict == "wrong"


def test_networks_are_compared_once_and_one_alone_never(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    plain = Counterparts._compare

    def counted(self: Counterparts[Any]) -> None:
        compared.append(1)
        plain(self)

    monkeypatch.setattr(Counterparts, "_compare", counted)
    asked = [(SIZES, "conv1.output", "30x30x4"), (SIZES, "max_pool1.output", "15x15x4")]
    assert marked(*asked)[1].verdict == "followed through"
    assert not compared
    marked(*asked, (WITH_DENSE, "first.output", "30x30x4"))
    assert len(compared) == 1


def test_an_answer_is_carried_to_so_many_networks_at_most() -> None:
    specs = [{**SIZES, "name": f"Network {n}"} for n in range(MOST_NETWORKS + 5)]
    asks = [{"spec": spec, "ask": "conv1.output", "id": f"{n}"} for n, spec in enumerate(specs)]
    questions = read_assignment({"questions": asks}).questions
    assert len(questions[0].elsewhere) == MOST_NETWORKS
    assert all(there.subject is not questions[0].subject for there in questions[0].elsewhere)


LECTURES = sorted((Path(__file__).resolve().parents[2] / "specs" / "lectures").glob("*.yaml"))


def with_one_more(numbers: Any) -> Any:
    """Return nested lists with 1 added to their first number."""
    if isinstance(numbers, list):
        return [with_one_more(numbers[0]), *numbers[1:]]
    return numbers + 1


def others_of(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a lecture's network with another name, and with another number given each time."""
    example = {key: value for key, value in spec["example"].items() if key != "expect"}
    yield {**spec, "name": "Another"}
    for part in ("given", "upstream"):
        for key, numbers in example.get(part, {}).items():
            changed_part = {**example[part], key: with_one_more(numbers)}
            yield {**spec, "example": {**example, part: changed_part}}
    if example.get("loss"):
        yield {**spec, "example": {**example, "loss": {**example["loss"], "weight_decay": 0.3}}}


def asked_of(subject: Subject) -> Iterator[str]:
    names = Names(subject.trace.spec, subject.trace.layers)
    yield from (f"{name}.{key}" for name in names.values for key in ("value", "grad"))
    for index, record in enumerate(subject.trace.layers):
        yield from (f"{record.name}.{key}" for key in ("output", "parameters", "macs"))
        yield from (f"{record.name}.{name}.grad" for name in names.parameters(index))


@pytest.mark.slow
@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_what_is_carried_has_the_same_answer_there(path: Path) -> None:
    spec = native.read_path(path).data
    for number, other in enumerate(others_of(spec) if "example" in spec else ()):
        asks = [
            {"id": f"q{n}", "spec": s, "ask": "total.macs"} for n, s in enumerate((spec, other))
        ]
        first, second = (q.subject for q in read_assignment({"questions": asks}).questions)
        carried = 0
        for ask in asked_of(first):
            query = read_path(ask)
            with suppress(Unanswerable):
                right = first.answer(query)
                for subject, there in first.elsewhere(query):
                    assert subject is second
                    assert (subject.answer(there), there) == (right, read_path(there.path)), ask
                    carried += 1
        assert carried or number, "with another name, all is the same"
