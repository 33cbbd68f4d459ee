"""One case: files in a folder, and the words of a command. A seed and a number give it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import corpus
import keras_files
import mutations

from shapecalc import pages
from shapecalc.checks.pages import codes
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.quiz import KINDS as ASKED
from shapecalc.grading.quiz.formats import FORMATS
from shapecalc.layers import ALIASES, KINDS

MANY = "9" * 30


@dataclass
class Case:
    """What a command is given. Paths of files are relative, with slashes."""

    words: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""

    def __str__(self) -> str:
        lines = [f"shapecalc {' '.join(map(repr, self.words))}"]
        for name, raw in self.files.items():
            lines.append(f"{name!r}: {raw!r}")
        return "\n".join([*lines, f"stdin: {self.stdin!r}"] if self.stdin else lines)


def case(command: str, seed: int, number: int) -> Case:
    """Return the case of a command with a number, always the same."""
    return COMMANDS[command](Random(f"{command} {seed} {number}"))


def options(rng: Random, known: dict[str, Sequence[str]], most: int = 2) -> list[str]:
    """Return some options of a command, with values that are right or hostile."""
    given: list[str] = []
    for name in rng.sample(sorted(known), min(len(known), rng.choice((0, 0, 1, most)))):
        values = known[name]
        if not values:
            given.append(name)
            continue
        value = rng.choice(values)
        if rng.random() < 0.15:
            value = rng.choice((*mutations.TEXTS, "0", "-1", MANY, mutations.text(rng, value, 2)))
        given += [name, mutations.argument(value)]
    return mutations.words(rng, given) if rng.random() < 0.1 else given


# -- networks --------------------------------------------------------------------------------------


def spec_file(rng: Random, small: bool) -> tuple[str, bytes]:
    """Return a mutated network: its file's ending, and its bytes."""
    kind = rng.randrange(10)
    networks = corpus.small_networks()
    if kind < 4:
        data = corpus.network(rng)
        if rng.random() < 0.5:
            data = mutations.mutated(rng, data, networks)
        return mutations.dumped(rng, data)
    if kind < 8:
        lent = networks if small else [text.data for text in corpus.specs()]
        return mutations.dumped(rng, mutations.mutated(rng, rng.choice(lent), networks))
    texts = corpus.specs()
    return ".yaml", mutations.file_of(rng, rng.choice(texts).raw, [rng.choice(texts).raw])


def of_spec(
    command: str, known: dict[str, Sequence[str]], small: bool = False
) -> Callable[..., Case]:
    def drawn(rng: Random) -> Case:
        ending, raw = keras_files.keras_file(rng) if rng.random() < 0.3 else spec_file(rng, small)
        words = [command, f"net{ending}", *options(rng, known)]
        files, stdin = {f"net{ending}": raw}, b""
        if rng.random() < 0.05:
            words[1], files, stdin = "-", {}, raw
        elif rng.random() < 0.03:
            files = {f"folder/net{ending}": raw, "folder/other.yaml": spec_file(rng, small)[1]}
            words[1] = "folder"
        return Case(words, files, stdin)

    return drawn


LAYERS = (
    "conv1",
    "relu1",
    "dense1",
    "max_pool1",
    "block1",
    "add1",
    "input",
    "total",
    "conv1.relu1",
)
VERIFY: dict[str, Sequence[str]] = {
    "--only": LAYERS,
    "--batch": ("1", "2", "3", "1000000"),
    "--dtype": ("float32", "float64"),
    "--seed": ("0", "1", "7", "9223372036854775807"),
    "--training": (),
    "--inference": (),
    "--format": ("table", "json"),
    "--input": ("?x?x3", "5x6x2", "7", "input=4x4x1", "left=3"),
    "--max-layers": ("1", "5", "100"),
}
CONVERT: dict[str, Sequence[str]] = {
    "--to": ("json", "yaml"),
    "--input": ("?x?x3", "5x6x2", "7", "x=4x4x1"),
    "--max-layers": ("1", "5", "100"),
}
DRAW: dict[str, Sequence[str]] = {
    "--style": ("volumes", "graph", "field"),
    "--width": ("200", "390", "20000"),
    "--depth": ("0", "1", "9"),
    "--dark": (),
    "--input": ("?x?x3", "5x6x2", "HxWx3", "7"),
    "-o": ("net.svg", "net.tex", "net.html", "net.png"),
}
CHECK: dict[str, Sequence[str]] = {
    "--format": ("text", "json"),
    "--select": ("SC1", "SC2,SC301", "SC"),
    "--ignore": ("SC4", "SC402"),
    "--strict": (),
    "--quiet": (),
    "--input": ("?x?x3", "5x6x2", "7", "input=4x4x1", "left=3"),
    "--max-layers": ("1", "5", "100"),
}
REPORT: dict[str, Sequence[str]] = {
    "--format": ("table", "markdown", "latex", "csv", "json"),
    "--columns": ("name,output", "kind", "receptive_field,jump,shares"),
    "--depth": ("0", "1", "5"),
    "--explain": (),
    "--input": ("?x?x3", "5x6x2", "7", "input=4x4x1", "left=3"),
    "--max-layers": ("1", "5", "100"),
    "-o": ("out.txt",),
}


def calc(rng: Random) -> Case:
    words = [rng.choice(("8x8x3", "5", "4x4", "2x3x4x2", "224x224x3"))]
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice([*KINDS, *ALIASES, "Conv2d", "MaxPooling2D", "ReLU"])
        words.append(kind)
        if rng.random() < 0.5:
            words.append(str(rng.choice((1, 2, 3, "3x3", "[2, 2]", "same"))))
        for name in rng.sample(sorted(corpus.FIELDS), rng.choice((0, 1, 2, 3))):
            words.append(f"{name}={rng.choice(corpus.FIELDS[name])}")
    known = {"--rounding": ("exact", "floor", "ceil"), "--format": REPORT["--format"]}
    return Case(["calc", *mutations.words(rng, words), *options(rng, known)])


# -- homework --------------------------------------------------------------------------------------


def assignment_file(rng: Random, homework: corpus.Homework, often: float) -> tuple[str, bytes]:
    """Return an assignment, mutated as often as said: its file's ending, and its bytes."""
    data = homework.data
    if rng.random() > often:
        return mutations.dumped(rng, data)
    others = [corpus.some_homework(rng).data]
    if rng.random() < 0.8:
        return mutations.dumped(rng, mutations.mutated(rng, asking(rng, data), others))
    _, raw = mutations.dumped(rng, data)
    return ".yaml", mutations.file_of(rng, raw)


def asking(rng: Random, data: dict[str, Any]) -> dict[str, Any]:
    """Return an assignment with a question more, about anything."""
    if rng.random() < 0.5 or not isinstance(data.get("questions"), list):
        return data
    names = (*LAYERS, "out", "batch_norm1", "conv2", "$x", "")
    keys = ("output", "input", "parameters", "weights", "macs", "flops", "jump", "receptive_field",
            "im2col", "value", "grad", "weight.grad", "weight.next", "value[0,0,0]", "grad[9]",
            "unshared_parameters", "activations", "", "nothing")  # fmt: skip
    ask = f"{rng.choice(names)}.{rng.choice(keys)}"
    if rng.random() < 0.2:
        what = rng.choice(("fits", "P", "S", "F", "K", "units", "name", "rounding"))
        ask = f"{what}({rng.choice(names)})"
    known = [misconception.name for misconception in misconceptions()]
    question: dict[str, Any] = {"id": "more", "ask": ask}
    for key, values in (
        ("points", (1, 0, 2.5)),
        ("key", (1, "3x3x1", 0.5, [1, 2], "yes", None)),
        ("partial", ({rng.choice(known): 0.5},)),
        ("tolerance", (0.1, {"absolute": 1}, {"relative": 0.5})),
        ("follow_through", (0, 1)),
        ("prompt", ("What?",)),
        ("choices", (["3x3x1", 7], [1, 2, 3], ["yes"], "a", [[1, 2], "3x3"])),
        ("spec", (corpus.network(rng),)),
    ):
        if rng.random() < 0.25:
            question[key] = rng.choice(values)
    return {**data, "questions": [*data["questions"], question]}


def answer(rng: Random, right: str) -> Any:
    """Return an answer to a question: right, in other words, wrong, or nothing of the kind."""
    kind = rng.randrange(8)
    if kind < 2:
        return right
    if kind == 2:
        return mutations.text(rng, right, most=2)
    if kind == 3:
        return mutations.hostile(rng)
    if kind == 4:
        sizes = right.split("x")
        return rng.choice(
            (
                sizes,
                f"({right})",
                f"(None, {', '.join(sizes)})",
                f"{right} values",
                f"torch.Size([1, {', '.join(sizes)}])",
                f"1*{right} = {right}",
                {"height": sizes[0], "width": sizes[-1]},
                f"{right} (= {right})",
            )
        )
    if kind == 5 and right.replace(",", "").isdigit():
        number = int(right.replace(",", ""))
        return rng.choice(
            (
                number,
                number + 1,
                number * 2,
                number // 2,
                float(number),
                -number,
                f"{number:,}",
                f"{number / 1000}k",
                f"{number}/2",
                f"{number}.000",
            )
        )
    if kind == 6:
        return rng.choice(
            ("yes", "no", "?", "12", "3x3x3", "1/3", "0.5", [[1, 2], [3, 4]], 7, 0.25)
        )
    return mutations.near(rng, right)


def answers(rng: Random, homework: corpus.Homework) -> dict[str, Any]:
    """Return a student's answers by question, with a key too many or too few."""
    given = {key: answer(rng, right) for key, right in homework.answers.items()}
    if rng.random() < 0.5:
        given["student"] = mutations.hostile(rng) if rng.random() < 0.3 else rng.choice(STUDENTS)
    if rng.random() < 0.3:
        given = mutations.mutated(rng, given)
    if rng.random() < 0.1 and isinstance(given, dict):
        given = {"answers": given}
    return given


def table(rng: Random, homework: corpus.Homework) -> bytes:
    """Return a CSV of a few students' answers."""
    ids = list(homework.answers)
    header = [*rng.sample(["student", "name", "email", "id", "remark"], rng.randint(0, 3)), *ids]
    written = io.StringIO()
    dialect = {"delimiter": rng.choice(",;\t"), "lineterminator": rng.choice(("\n", "\r\n"))}
    writer = csv.writer(written, **dialect)  # type: ignore[arg-type]
    writer.writerow([rng.choice(mutations.TEXTS) if rng.random() < 0.02 else h for h in header])
    for _ in range(rng.randint(0, 4)):
        given = [answer(rng, homework.answers[id_]) for id_ in ids]
        cells = [*(rng.choice(STUDENTS) for _ in header[: -len(ids)]), *given]
        if rng.random() < 0.1:
            cells = cells[: rng.randint(0, len(cells))] + ["", "more"] * rng.randint(0, 2)
        writer.writerow([str(cell).replace("\0", "") for cell in cells])
    raw = mutations.encoded(written.getvalue())
    return mutations.file_of(rng, raw) if rng.random() < 0.4 else raw


def submission(rng: Random, homework: corpus.Homework) -> tuple[str, bytes]:
    """Return what one student hands in: a file's ending and its bytes."""
    if rng.random() < 0.25:
        return ".csv", table(rng, homework)
    ending, raw = mutations.dumped(rng, answers(rng, homework))
    if rng.random() < 0.2:
        raw = mutations.file_of(rng, raw)
    if rng.random() < 0.03:
        return rng.choice((".txt", ".pdf", ".YAML", ".csv", "")), raw
    return ending, raw


STUDENTS = (
    "ada",
    "Björn Ø",
    "o'hara",
    "=cmd()",
    "@x",
    "ada",
    "x" * 200,
    "12345",
    "a/b",
    "a,b",
    "李",
)
METADATA = """submission_1:
  :submitters:
  - {:name: Ada, :sid: '1', :email: ada@example.org}
  :created_at: 2024-01-01 10:00:00
submission_2:
  :submitters:
  - {:name: Ben}
  - {:name: Cleo, :sid: 3}
"""


def layout(rng: Random, homework: corpus.Homework) -> tuple[list[str], dict[str, bytes], list[str]]:
    """Return what is handed in: paths to grade, files, and the options that belong to them."""
    kind = rng.choice(("file", "folder", "moodle", "canvas", "gradescope", "regex"))
    if kind == "file":
        ending, raw = submission(rng, homework)
        return [f"answers{ending}"], {f"answers{ending}": raw}, []
    names = {
        "folder": ("ada", "ben", "group/cleo"),
        "moodle": ("Ada L_12_assignsubmission_file_/a", "Ben_13_assignsubmission_onlinetext_/b"),
        "canvas": ("lovelaceada_12_345_a", "ben_LATE_13_346_b"),
        "gradescope": ("submission_1/a", "submission_2/a", "submission_3/b"),
        "regex": ("group1/ada", "group2/ben"),
    }[kind]
    files = {}
    for name in names:
        if rng.random() < 0.1:
            name = file_name(mutations.text(rng, name, most=2))
        ending, raw = submission(rng, homework)
        files[f"class/{name}{ending}"] = raw
    wanted = {"regex": ["--student-regex", r"(?P<student>[a-z]+)\.[a-z]+$"], "folder": []}.get(
        kind, ["--preset", kind]
    )
    if kind == "gradescope" and rng.random() < 0.9:
        raw = METADATA.encode()
        if rng.random() < 0.4:
            raw = mutations.file_of(rng, raw)
        files["class/submission_metadata.yml"] = raw
    paths = ["class"] if rng.random() < 0.8 else sorted(files)
    return paths, files, wanted if rng.random() < 0.9 else []


def file_name(text: str) -> str:
    """Return a text that can be a path inside a folder."""
    text = text.encode("utf-8", "ignore").decode()
    parts = [part for part in text.replace("\0", "").split("/") if part not in ("", ".", "..")]
    return "/".join(part[:40] for part in parts) or "a"


REGEXES = (r"(?P<student>.+)", "(?P<student>", "(", "(?P<student>)", r"(?P<student>\w+)/",
    "student",
           "(?P<student>.)*", "(?P<a>.)")  # fmt: skip
GRADE: dict[str, Sequence[str]] = {
    "--format": ("table", "json", "csv", "gradescope", "prairielearn"),
    "--summary": (),
    "--feedback": ("letters",),
    "--preset": ("moodle", "canvas", "gradescope"),
    "--student-regex": REGEXES,
    "--jobs": ("1", "2"),
    "-o": ("out.txt",),
    "--force": (),
}


def grade(rng: Random) -> Case:
    homework = corpus.some_homework(rng)
    ending, raw = assignment_file(rng, homework, often=0.3)
    paths, files, wanted = layout(rng, homework)
    words = ["grade", f"assignment{ending}", *paths, *wanted, *options(rng, GRADE)]
    if rng.random() < 0.03:
        words = ["grade", *mutations.words(rng, words[1:])]
    return Case(words, {f"assignment{ending}": raw, **files})


REGRADE: dict[str, Sequence[str]] = {**GRADE, "--format": ("table", "csv"),
    "--columns": ("q1=name", "student=q1", "=", "q1", "nobody=name")}  # fmt: skip


def regrade(rng: Random) -> Case:
    """Draw a class, and the gradebook of an earlier one."""
    homework = corpus.some_homework(rng)
    ending, raw = assignment_file(rng, homework, often=0.2)
    paths, files, wanted = layout(rng, homework)
    words = ["marks.csv", f"assignment{ending}", *paths, *wanted, *options(rng, REGRADE)]
    if rng.random() < 0.03:
        words = mutations.words(rng, words)
    files |= {f"assignment{ending}": raw, "marks.csv": gradebook(rng, homework)}
    return Case(["regrade", *words], files)


def gradebook(rng: Random, homework: corpus.Homework) -> bytes:
    """Return marks as grade writes them, with points of other days, and more or less of it."""
    ids = list(homework.answers)
    if rng.random() < 0.2:
        rng.shuffle(ids)
    head = ["student", *(["id"] if rng.random() < 0.5 else []), *ids, "total", "status"]
    points = ("0", "1", "0.5", "", "-1", "1e999", "nan", "no", MANY)
    rows = [["Points Possible", *["1"] * (len(head) - 1)]]
    for name in rng.sample(STUDENTS, rng.randint(0, 4)):
        rows.append([name, *(rng.choice(points) for _ in head[1:])])
    if rng.random() < 0.2:
        rows.pop(rng.randrange(len(rows)))
    written = io.StringIO()
    csv.writer(written).writerows([head, *rows])
    raw = mutations.encoded(written.getvalue())
    return mutations.file_of(rng, raw) if rng.random() < 0.3 else raw


def of_assignment(command: str, known: dict[str, Sequence[str]]) -> Callable[[Random], Case]:
    def drawn(rng: Random) -> Case:
        ending, raw = assignment_file(rng, corpus.some_homework(rng), often=0.6)
        words = [f"assignment{ending}", *options(rng, known)]
        if rng.random() < 0.05:
            words = mutations.words(rng, words)
        files = {f"assignment{ending}": raw, "old.zip": b"there"}
        return Case([command, *words], files)

    return drawn


ASSIGNMENT: dict[str, Sequence[str]] = {
    "--format": ("markdown", "latex", "blank", "gift", "moodle-xml", "text2qti"),
    "-o": ("out.txt",),
    "--force": (),
}
AUTOGRADER: dict[str, Sequence[str]] = {"-o": ("out.zip", "old.zip"), "--force": ()}


def audit(rng: Random) -> Case:
    files: dict[str, bytes] = {}
    for name in ("a", "b")[: rng.choice((1, 1, 1, 2))]:
        kind = rng.randrange(3)
        if kind == 0:
            ending, raw = assignment_file(rng, corpus.some_homework(rng), often=0.9)
        elif kind == 1:
            ending, raw = mutations.dumped(rng, claiming(rng))
        else:
            ending, raw = spec_file(rng, small=True)
        files[f"{name}{ending}"] = raw
    paths = sorted(files) if rng.random() < 0.9 else ["."]
    return Case(["audit", *paths, *options(rng, {"--format": ("text", "json")})], files)


def claiming(rng: Random) -> Any:
    """Return a network with claims, true or false, of layers and of the whole."""
    spec = corpus.network(rng)
    claims = {"output": (3, "3x3x1", [2, 2]), "parameters": (0, 10, 56), "macs": (9, 81),
              "weights": (9,), "biases": (1,), "receptive_field": (3, [3, 3]), "jump": (1, 2),
              "non_trainable": (0, 4)}  # fmt: skip
    for layer in spec["layers"]:
        if isinstance(layer, dict) and rng.random() < 0.6:
            ((kind, fields),) = layer.items()
            key = rng.choice(sorted(claims))
            layer[kind] = {**fields, "expect": {key: rng.choice(claims[key])}}
    if rng.random() < 0.5:
        spec["expect"] = {"output": 3, "parameters": rng.choice((0, 12))}
    return mutations.mutated(rng, spec) if rng.random() < 0.6 else spec


# -- words alone -----------------------------------------------------------------------------------

QUIZ: dict[str, Sequence[str]] = {
    "--seed": ("0", "1", "7", "1000", "9223372036854775807"),
    "--student": STUDENTS,
    "--level": ("1", "2", "3", "4"),
    "--kinds": (
        *ASKED,
        ",".join(ASKED),
        "conv,max_pool",
        "conv,",
        "Conv2d",
        "fc",
        "relu",
        ",",
        "CONV",
    ),
    "-n": ("1", "2", "5", "12"),
    "--format": tuple(FORMATS),
    "--key": (),
    "-o": ("out.txt",),
    "--force": (),
}


def quiz(rng: Random) -> Case:
    given = options(rng, QUIZ, most=rng.randint(2, 7))
    if "-n" not in given:
        given += ["-n", rng.choice(("1", "2", "3"))]
    if rng.random() < 0.7 and "--seed" not in given:
        given += ["--seed", str(rng.randrange(10**6))]
    return Case(["quiz", *given], {"out.txt": b"there"} if rng.random() < 0.1 else {})


def explain(rng: Random) -> Case:
    guides = sorted(path.stem for path in pages.HERE.glob("*/*.md"))
    topics = [
        *guides,
        *codes(),
        *KINDS,
        *ALIASES,
        "Conv2d",
        "MaxPooling2D",
        "LSTM",
        "SC1",
        "SC",
        "SC999",
    ]
    topic = rng.choice(topics)
    kind = rng.randrange(4)
    if kind == 1:
        topic = mutations.text(rng, topic, most=3)
    elif kind == 2:
        topic = rng.choice(mutations.TEXTS)
    elif kind == 3:
        topic = f"{topic}{rng.choice(mutations.PIECES)}{rng.choice(topics)}"
    return Case(["explain", *mutations.words(rng, [mutations.argument(topic)])])


COMMANDS: dict[str, Callable[[Random], Case]] = {
    "verify": of_spec("verify", VERIFY, small=True),
    "grade": grade,
    "regrade": regrade,
    "assignment": of_assignment("assignment", ASSIGNMENT),
    "autograder": of_assignment("autograder", AUTOGRADER),
    "audit": audit,
    "quiz": quiz,
    "explain": explain,
    "convert": of_spec("convert", CONVERT),
    "draw": of_spec("draw", DRAW),
    "check": of_spec("check", CHECK),
    "report": of_spec("report", REPORT),
    "calc": calc,
}
