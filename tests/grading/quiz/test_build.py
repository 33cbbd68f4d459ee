"""Quizzes: the same everywhere, other numbers for every student, and keys that words lead to.

The keys are worked out again from the words alone, by loops over windows, without the package.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from itertools import product
from math import prod
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.quiz import KINDS, Quiz, make_quiz
from shapecalc.grading.quiz.choices import known_wrong, plain, questions_of
from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.values import flat

LEVELS = (1, 2, 3, 4)


def digest(quiz: Quiz) -> str:
    """Return what a quiz comes down to: its problems and texts, in order."""
    return sha256(json.dumps(quiz.mapping).encode()).hexdigest()[:16]


# -- keys, from the words alone ------------------------------------------------------------------


def number(pattern: str, text: str, otherwise: int | None = None) -> Any:
    """Return the number behind some words."""
    found = re.search(pattern, text)
    return int(found[1]) if found else otherwise


def read_words(intro: str) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the input and the layers that an introduction tells of."""
    size = re.match(
        r"The input is a volume of ([\dxHW]+)\. |The input is a vector of (\d+) numbers\. ", intro
    )
    assert size, intro
    sizes = (size[1] or size[2]).replace("H", "0").replace("W", "0").split("x")
    volume = [int(part) for part in sizes]
    layers = []
    for text in intro.partition("It goes through ")[2].partition(". ")[0].split("; then "):
        name = text.partition(",")[0]
        layers.append({
            "name": name,
            "kind": name.rstrip("0123456789"),
            "K": number(r"(\d+) (?:filters|units)", text),
            "F": number(r"(\d+)x\d+", text),
            "S": number(r"stride (\d+)", text),
            "P": number(r"padding (\d+)", text, None if "convolution" in text else 0),
            "groups": number(r"in (\d+) groups", text, 1),
            "floor": "rounded down" in intro,
        })  # fmt: skip
    return volume, layers


def starts(W: int, F: int, S: int, P: int) -> list[int]:
    """Return where the windows start that lie in the padded input."""
    return [at for at in range(-P, W + P, S) if at + F <= W + P]


def worked(volume: list[int], layer: dict[str, Any]) -> dict[str, Any]:
    """Return a layer's numbers, by counting."""
    kind, K, F = layer["kind"], layer["K"], layer["F"]
    found: dict[str, Any] = {"fits": True}
    if kind == "dense":
        weights = sum(1 for _ in range(K) for _ in range(prod(volume)))
        found |= {"output": [K], "weights": weights, "biases": K, "macs": weights}
    else:
        places = [starts(W, F, layer["S"], layer["P"]) for W in volume[:-1]]
        ends = [at[-1] + F for at in places]
        found["fits"] = ends == [W + layer["P"] for W in volume[:-1]]
        D = volume[-1]
        depth = K if kind == "conv" else D
        each = F * F * {"conv": D // layer["groups"], "depthwise_conv": 1}.get(kind, 0)
        found["output"] = [*map(len, places), depth]
        found |= {"weights": depth * each, "biases": depth if each else 0}
        outputs = prod(found["output"])
        found["macs"] = outputs * each
        found["unshared_parameters"] = outputs * (each + 1)
        found["im2col"] = [each, outputs // depth]
    found["parameters"] = found["weights"] + found["biases"]
    found["flops"] = 2 * found["macs"]
    return found


def reach(layers: list[dict[str, Any]], place: int) -> list[int]:
    """Return the input pixels along an axis that one output sees."""
    seen = {place}
    for layer in reversed(layers):
        seen = {i * layer["S"] - layer["P"] + f for i in seen for f in range(layer["F"])}
    return sorted(seen)


def key_from_words(intro: str, path: str) -> Any:
    """Return the answer to a path about a network in words."""
    volume, layers = read_words(intro)
    if path.startswith("P("):
        (layer,) = layers
        keeps = [p for p in range(9) if worked(volume, layer | {"P": p})["output"][0] == volume[0]]
        return keeps[0]
    results = {}
    for index, layer in enumerate(layers):
        results[layer["name"]] = worked(volume, layer)
        assert results[layer["name"]]["fits"] or layer["floor"] or path.startswith("fits")
        volume = results[layer["name"]]["output"]
        if layer["F"]:
            first, second = (reach(layers[: index + 1], at) for at in (0, 1))
            size = first[-1] - first[0] + 1
            results[layer["name"]] |= {
                "receptive_field": [size, size], "jump": [second[0] - first[0]] * 2,
            }  # fmt: skip
    if path.startswith("fits"):
        return results[path[5:-1]]["fits"]
    name, _, key = path.rpartition(".")
    if key == "layers":
        return len(layers)
    if key == "weight_layers":
        return sum(layer["kind"] in ("conv", "dense") for layer in layers)
    if key.startswith("receptive_field["):
        size, _ = read_words(intro)
        places = [int(part) for part in re.findall(r"\d+", key)]
        seen = [[at for at in reach(layers, place) if 0 <= at < W]
                for place, W in zip(places, size, strict=False)]  # fmt: skip
        return tuple((pixels[0], pixels[-1]) for pixels in seen)
    if name == "total":
        return sum(result[key] for result in results.values())
    return results[name][key]


def operations_from_words(intro: str, path: str, text: str) -> int:
    """Return FLOPs by the convention that a question tells, counted one output value at a time."""
    volume, (layer,) = read_words(intro)
    numbers = {"nothing": 0, "one": 1, "two": 2}
    told = re.search(r"counting (\w+) for each multiply-acc\w+ and (\w+) for (?:each )?bias", text)
    assert told
    assert path == f"{layer['name']}.flops"
    mac, bias = (numbers[word] for word in told.groups())
    found = worked(volume, layer)
    each = found["macs"] // prod(found["output"])
    return sum(mac * each + bias for _ in range(prod(found["output"])))


def fits_by_counting(intro: str, size: tuple[int, ...]) -> bool:
    """Say whether all windows of all layers end where the padded volume ends."""
    volume, layers = read_words(intro)
    volume = list(size[:-1]) + volume[-1:]
    for layer in layers:
        found = worked(volume, layer)
        if not found["fits"]:
            return False
        volume = found["output"]
    return volume[-1] > 0


def step_by_hand(intro: str, place: int) -> float:
    """Return a weight after steps down the gradient of (output - target)^2."""
    x, w = (json.loads(part) for part in re.findall(r"\[[^\[\]]*\]", intro))
    target = number(r"target (-?\d+)", intro)
    if "Adam" in intro:  # the first step is the rate, against the gradient
        gradient = 2 * x[place] * (sum(a * b for a, b in zip(x, w, strict=True)) - target)
        return float(w[place] - 0.1 * gradient / (abs(gradient) + 1e-8))
    momentum = float(re.findall(r"momentum (0\.\d+)", intro)[0])
    (one,), weight, velocity = x, float(w[0]), 0.0
    for _ in range(2):
        velocity = momentum * velocity + 2 * one * (one * weight - target)
        weight -= 0.1 * velocity
    return weight


def dropped_by_hand(intro: str, path: str, place: int) -> float:
    values, mask, weights = (json.loads(part) for part in re.findall(r"\[[^\[\]]*\]", intro))
    rate = float(re.findall(r"rate of (0\.\d+)", intro)[0])
    kept = [value / (1 - rate) if stays else 0 for value, stays in zip(values, mask, strict=True)]
    if path.startswith("dropout1"):
        return kept[place]
    return float(sum(a * b for a, b in zip(kept, weights, strict=True)))


def im2col_by_hand(intro: str, row: int, column: int) -> int:
    """Write every window as a column, value by value."""
    arrays = [json.loads(part) for part in re.findall(r"\[[^\[\]]*\]", intro)]
    W, (F, S, P) = len(arrays[0]), (number(rf"{w}(\d)", intro) for w in ("of ", "stride ", "ing "))
    slices = [arrays[at : at + W] for at in range(0, len(arrays), W)]
    columns = []
    for y, x in product(starts(W, F, S, P), repeat=2):
        columns.append([
            rows[y + f][x + g] if 0 <= y + f < W and 0 <= x + g < W else 0
            for rows in slices for f in range(F) for g in range(F)
        ])  # fmt: skip
    return int(columns[column][row])


def value_by_hand(intro: str, path: str, text: str) -> float:
    """Return a value of a worked example, from its words and plain loops."""
    arrays = [json.loads(part) for part in re.findall(r"\[[^\[\]]*\]", intro)]
    bias = number(r"bias (-?\d+)", intro, 0)
    place = [int(part) for part in re.findall(r"-?\d+", path.partition("[")[2])]
    if ".next" in path:
        return step_by_hand(intro, place[-1])
    if "dropout1" in intro:
        return dropped_by_hand(intro, path, place[0])
    if "im2col" in path:
        return im2col_by_hand(intro, *place)
    if "neuron" in intro:
        output = bias + sum(x * w for x, w in zip(*arrays, strict=True))
        return output if path != "loss" else (output - number(r"target is (-?\d+)", text)) ** 2
    S, P = number(r"stride (\d+)", intro), number(r"padding (\d+)", intro, 0)
    if "row [" in intro:
        line, weights = arrays
        padded = [0] * P + line + [0] * P
        return bias + sum(w * padded[place[1] * S + f] for f, w in enumerate(weights))
    F = number(r"of (\d)x", intro, 0) or len(arrays[-1])
    rows, weights = (arrays, []) if "takes the" in intro else (arrays[:-F], arrays[-F:])
    inside = range(len(rows))
    window = {
        (f, g): rows[r][c] if r in inside and c in inside else 0
        for f, g in product(range(F), repeat=2)
        for r, c in [(place[1] * S - P + f, place[2] * S - P + g)]
    }
    if "largest" in intro:
        return max(window.values())
    if "average" in intro:
        return sum(window.values()) / F**2
    return bias + sum(weights[f][g] * value for (f, g), value in window.items())


def all_quizzes(every: int = 1) -> list[Quiz]:
    """Return 200 quizzes over seeds, students, levels and kinds, or one of so many."""
    kinds: tuple[tuple[str, ...], ...] = ((), *[(kind,) for kind in KINDS], KINDS[:3], KINDS[2:])
    combinations = list(product(range(9), LEVELS, kinds))[:200:every]
    return [
        make_quiz(seed=seed, student=f"s{seed % 3}", level=level, kinds=named, count=6)
        for seed, level, named in combinations
    ]


@pytest.fixture(scope="module")
def quizzes(request: pytest.FixtureRequest) -> list[Quiz]:
    """Make them once: all of them, or one of so many."""
    return all_quizzes(getattr(request, "param", 1))


SOME_OR_ALL = pytest.mark.parametrize(
    "quizzes", [7, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"], indirect=True
)


@pytest.mark.slow
def test_every_key_follows_from_the_words(quizzes: list[Quiz]) -> None:
    seen = set()
    for quiz in quizzes:
        for problem in quiz.problems:
            for item in problem.items:
                path, right = item.question.query.path, item.question.right
                if item.question.query.kind == "fitting":
                    assert fits_by_counting(problem.intro, right)
                    assert not fits_by_counting(problem.intro, (right[0] + 1, *right[1:]))
                elif item.question.query.kind == "flops":
                    assert right == operations_from_words(problem.intro, path, item.text)
                elif item.question.query.kind in ("example", "im2col"):
                    wanted = value_by_hand(problem.intro, path, item.text)
                    assert right == pytest.approx(wanted, abs=1e-9), problem.intro
                else:
                    wanted = key_from_words(problem.intro, path)
                    wanted = tuple(wanted) if isinstance(wanted, list) else wanted
                    assert right == wanted, (problem.intro, path)
                seen.add(re.sub(r"\d+", "", item.question.query.path))
    assert len(seen) > 50  # kinds of layers times what is asked of them


@SOME_OR_ALL
def test_every_problem_is_sound(quizzes: list[Quiz]) -> None:
    assert len(quizzes) in (29, 200)
    for quiz in quizzes:
        assert quiz.assignment.usable
        assert len(quiz.problems) == 6
        assert all(problem.items for problem in quiz.problems)
        ids = [question.id for question in quiz.assignment.questions]
        assert len(ids) == len(set(ids)) == sum(len(problem.items) for problem in quiz.problems)
        for question in quiz.assignment.questions:
            if question.query.kind != "fits":
                found = question.subject.trace.diagnostics
                assert not [d for d in found if d.severity == "error"]
            assert all(abs(value) <= 10**7 for value in flat(question.right))
            sizes = question.subject.trace.layers[0].input
            assert sizes is not None
            assert all(size <= 64 for size in sizes[0][:-1])


@SOME_OR_ALL
def test_only_the_kinds_named_are_asked_about(quizzes: list[Quiz]) -> None:
    for level, kind in product(LEVELS, KINDS):
        quiz = make_quiz(level=level, kinds=[kind], count=12)
        layers = [layer for q in quiz.mapping["questions"] for layer in q["spec"]["layers"]]
        assert {name for layer in layers for name in layer} - {"dropout"} == {kind}
    level1 = [q for q in quizzes if q.level == 1]
    assert all(len(q["spec"]["layers"]) == 1 for quiz in level1 for q in quiz.mapping["questions"])


@pytest.mark.slow
def test_half_of_the_strides_do_not_fit() -> None:
    rights = [
        question.right
        for seed in range(20)
        for question in make_quiz(seed=seed, level=2, count=40).assignment.questions
        if question.query.kind == "fits"
    ]
    assert len(rights) > 100
    assert 0.4 < sum(map(bool, rights)) / len(rights) < 0.6


# -- the same everywhere -------------------------------------------------------------------------


def test_draws_are_what_they_always_were() -> None:
    draws = Draws("a", 1)
    assert [draws.below(100) for _ in range(8)] == DRAWN
    assert sorted(draws.shuffled(range(9))) == list(range(9))
    assert {draws.between(-1, 1) for _ in range(60)} == {-1, 0, 1}
    counts = [0] * 6
    for _ in range(6000):
        counts[draws.below(6)] += 1
    assert min(counts) > 880
    assert max(counts) < 1120


DRAWN = [25, 3, 58, 8, 60, 34, 44, 68]


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("seed", "student", "level", "count", "stored"),
    [
        (0, "", 1, 5, "903b06e5227e09ea"),
        (7, "s123", 2, 40, "a7b99f9f16dacfea"),
        (2**70, "Zoë/9", 3, 40, "fa85640aad2fd09b"),
        (1, "s1", 4, 40, "37a925d3216d5891"),
    ],
)
def test_a_quiz_is_what_it_always_was(
    seed: int, student: str, level: int, count: int, stored: str
) -> None:
    assert digest(make_quiz(seed=seed, student=student, level=level, count=count)) == stored


@pytest.mark.slow
def test_students_get_other_numbers_in_the_same_forms() -> None:
    for level in LEVELS:
        made = [make_quiz(student=f"s{n}", level=level, count=8) for n in range(20)]
        forms = {tuple(re.sub(r"\[.*\]", "", i["ask"]) for i in q.mapping["questions"][:1])
                 for q in made}  # fmt: skip
        assert len(forms) == 1
        assert len({json.dumps([i["spec"] for i in q.mapping["questions"]]) for q in made}) == 20
    same = [make_quiz(student=name).mapping for name in ("Zoë", "Zoe\u0308")]
    assert same[0] == same[1]  # one letter or two code points


def test_the_first_problems_do_not_depend_on_how_many_follow() -> None:
    many = make_quiz(seed=4, level=3, count=200)
    few = make_quiz(seed=4, level=3, count=3)
    assert few.mapping["questions"] == many.mapping["questions"][: len(few.mapping["questions"])]
    problems = [json.dumps([p.intro, [i.text for i in p.items]]) for p in many.problems]
    assert len(set(problems)) == 200


# -- wrong options -------------------------------------------------------------------------------


@pytest.mark.slow
def test_wrong_options_are_wrong_and_marked_by_their_names() -> None:
    named = set()
    for level, seed in product(LEVELS, range(3)):
        quiz = make_quiz(seed=seed, level=level, count=40)
        marker = Marker(quiz.assignment)
        for quiz_question in questions_of(quiz):
            texts = [option.text for option in quiz_question.options]
            assert len(texts) == len(set(texts))
            assert sum(option.right for option in quiz_question.options) == 1
            assert quiz_question.response_type != "choice" or 3 <= len(texts) <= 5
            for option in quiz_question.options:
                (mark,) = [m for m in marker.mark("s", {quiz_question.id: option.text}).marks
                           if m.id == quiz_question.id]  # fmt: skip
                assert (mark.verdict == "right") == option.right
                assert mark.misconception == option.misconception
                assert mark.points == pytest.approx(option.share)
                named.add(option.misconception)
    assert "forgot_bias" in named


def test_what_two_misconceptions_give_is_not_offered() -> None:
    question = read_assignment(
        {"spec": {"input": 32, "layers": [{"dense": 1}]}, "questions": ["dense1.parameters"]}
    ).questions[0]
    texts = [option.text for option in known_wrong(question)]
    assert len(texts) == len(set(texts))
    assert plain(question.right) not in texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (760, "760"), (27_000_100, "27000100"), (5.75, "5.75"), (5.0, "5"), (-3.0, "-3"),
        (4.999999999999, "5"), ((32, 32, 10), "32x32x10"), (True, "yes"), (False, "no"),
    ],
)  # fmt: skip
def test_values_are_printed_for_programs(value: Any, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize("wrong", [{"level": 5}, {"kinds": ["relu"]}, {"count": 0}, {"count": 201}])
def test_what_there_is_not_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"level|asks about|problems"):
        make_quiz(**wrong)
