"""An autograder for Gradescope: its archive, our wheel in it, and its scripts as they are run."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from shapecalc.grading import autograder, read_assignment
from shapecalc.grading.autograder import SCRIPTS, NotPacked, archive
from shapecalc.grading.autograder.wheel import own_wheel

ROOT = Path(__file__).resolve().parents[2]
HOMEWORK = ROOT / "specs" / "homework"
SCRIPTS_FOLDER = Path(autograder.__file__).parent
WHEEL = "shapecalc_nn-0.1.0-py3-none-any.whl"
LINUX = pytest.mark.skipif(sys.platform == "win32", reason="Gradescope runs Linux")

# What the scripts call, made so that no test needs a network or changes the system: `apt-get` notes
# what is asked for, a virtual environment is a folder with
# this Python's pip and shapecalc, whose pip notes what it installs.
STANDS_IN = {
    "apt-get": 'echo "$@" >> "$LOG"; case "$*" in *"$MISSING"*) exit 100;; esac',
    "python3": """
if [ "$1" = -m ] && [ "$2" = venv ]; then
    mkdir -p "$3/bin"
    printf '#!/bin/sh\necho pip "$@" >> "$LOG"\n' > "$3/bin/pip"
    printf '#!/bin/sh\nexec "$REAL" -m shapecalc "$@"\n' > "$3/bin/shapecalc"
    chmod +x "$3/bin/pip" "$3/bin/shapecalc"
elif [ "$1" = -c ] && [ -n "$OLD" ]; then
    exit 1
else
    exec "$REAL" "$@"
fi""",
    "python3.12": 'OLD= exec python3 "$@"',
}


class Platform:
    """The folders as Gradescope lays them out, and its programs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "source"
        self.log = root / "log.txt"
        programs = root / "programs"
        programs.mkdir()
        for name, script in STANDS_IN.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (programs / name).chmod(0o755)
        self.environment = os.environ | {
            "AUTOGRADER_ROOT": str(root),
            "LOG": str(self.log),
            "MISSING": "nothing",
            "OLD": "",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "REAL": sys.executable,
        }

    def run(self, *words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run bash with Gradescope's environment."""
        return subprocess.run(
            ["bash", *words], env=self.environment, cwd=cwd, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

    def set_up(self, *wheels: str) -> subprocess.CompletedProcess[str]:
        """Run setup.sh with these wheels in the archive."""
        self.source.mkdir(exist_ok=True)
        for name in SCRIPTS:
            shutil.copy(SCRIPTS_FOLDER / name, self.source)
        for wheel in wheels:
            (self.source / wheel).touch()
        return self.run(str(self.source / "setup.sh"))

    def logged(self) -> list[str]:
        """Return what was asked of apt-get, and of pip in the environment."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def gradescope(tmp_path: Path) -> Platform:
    return Platform(tmp_path)


@pytest.mark.slow
@LINUX
@pytest.mark.parametrize(
    ("name", "score"), [("ada.yaml", 15), ("ben.yaml", None), ("cleo.yaml", 4)]
)
def test_gradescope_gets_its_results(gradescope: Platform, name: str, score: float | None) -> None:
    """The autograder is run as Gradescope runs it: source, submission and results in a folder."""
    assert gradescope.set_up(WHEEL).returncode == 0
    submission = gradescope.root / "submission"
    submission.mkdir()
    text = (HOMEWORK / "cs231n" / "assignment.yaml").read_text(encoding="utf-8")
    lectures = (HOMEWORK.parent / "lectures").as_posix()
    text = text.replace("../../lectures", lectures)
    (gradescope.source / "assignment.yaml").write_text(text, encoding="utf-8")
    shutil.copy(HOMEWORK / "cs231n" / "submissions" / name, submission)
    for _ in range(2 if name == "ben.yaml" else 1):  # a submission may be graded again
        assert gradescope.run(str(gradescope.source / "run_autograder")).returncode == 0
    results = json.loads((gradescope.root / "results" / "results.json").read_text(encoding="utf-8"))
    assert results["score"] == (score if score is not None else results["score"])
    assert sum(test["max_score"] for test in results["tests"]) in (0, 15)
    if name == "ben.yaml":
        assert any("biases were forgotten" in test["output"] for test in results["tests"])


@pytest.mark.slow
@LINUX
def test_an_archive_that_is_unpacked_and_set_up_marks(gradescope: Platform) -> None:
    read = read_assignment(HOMEWORK / "kth" / "assignment.yaml")
    with zipfile.ZipFile(io.BytesIO(archive(read))) as packed:
        packed.extractall(gradescope.source)
        assert packed.getinfo("run_autograder").external_attr >> 16 == 0o755
    assert gradescope.run(str(gradescope.source / "setup.sh")).returncode == 0
    submission = gradescope.root / "submission"
    submission.mkdir()
    (submission / "answers.yaml").write_text("conv1: 28x28x32\n", encoding="utf-8")
    assert gradescope.run(str(gradescope.source / "run_autograder")).returncode == 0
    results = (gradescope.root / "results" / "results.json").read_text(encoding="utf-8")
    assert json.loads(results)["score"] == 1


@pytest.mark.slow
def test_our_wheel_is_one_that_pip_installs(tmp_path: Path) -> None:
    """It is installed beside its dependencies, which are found here, and marks there."""
    pytest.importorskip("pip")
    name, content = own_wheel()
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target"]
    subprocess.run([*pip, str(target), str(tmp_path / name)], check=True, capture_output=True)
    run = "import shapecalc.cli; print(shapecalc.__file__); shapecalc.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", run, "explain", "conv"],
        env=os.environ | {"PYTHONPATH": str(target)}, cwd=tmp_path,
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stdout.startswith(str(target / "shapecalc" / "__init__.py"))
    assert "conv" in done.stdout.splitlines()[1]


def test_the_wheel_records_every_file_by_its_hash() -> None:
    with zipfile.ZipFile(io.BytesIO(own_wheel()[1])) as wheel:
        (record,) = (name for name in wheel.namelist() if name.endswith(".dist-info/RECORD"))
        rows = [line.rsplit(",", 2) for line in wheel.read(record).decode().splitlines()]
        assert [row[0] for row in rows] == wheel.namelist()
        for name, digest, size in rows[:-1]:
            raw = wheel.read(name)
            hashed = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
            assert (digest, size) == (f"sha256={hashed}", str(len(raw)))
    assert own_wheel() == own_wheel()


def test_networks_lie_where_the_assignment_looks_for_them(tmp_path: Path) -> None:
    layers = '{"input": "8x8x1", "layers": ["relu"]}'
    (tmp_path / "course" / "hw").mkdir(parents=True)
    for place in ("net.json", "course/b.json", "course/hw/c.json"):
        (tmp_path / place).write_text(layers)
    file = tmp_path / "course" / "hw" / "one.json"
    data = {"spec": "../../net.json", "questions": [
        "relu1.output", {"id": "b", "ask": "relu1.output", "spec": "../b.json"},
        {"id": "c", "ask": "relu1.output", "spec": "c.json"},
    ]}  # fmt: skip
    file.write_text(json.dumps(data))
    with zipfile.ZipFile(io.BytesIO(archive(read_assignment(file)))) as packed:
        packed.extractall(tmp_path / "there")
    (there,) = (tmp_path / "there").rglob("assignment.yaml")
    again = read_assignment(there)
    assert again.usable, again.diagnostics
    assert [question.id for question in again.questions] == ["relu1.output", "b", "c"]


@pytest.mark.parametrize(
    ("spec", "why"),
    [("{folder}/net.json", "as seen from the assignment"), ("assignment.yaml", "is called")],
)
def test_what_cannot_be_packed_is_refused(tmp_path: Path, spec: str, why: str) -> None:
    for name in ("net.json", "assignment.yaml"):
        (tmp_path / name).write_text('{"input": "8x8x1", "layers": ["relu"]}')
    data = {"spec": spec.format(folder=tmp_path), "questions": ["relu1.output"]}
    (tmp_path / "hw.json").write_text(json.dumps(data))
    with pytest.raises(NotPacked, match=why):
        archive(read_assignment(tmp_path / "hw.json"))


@LINUX
def test_setting_up_installs_our_wheel_and_nothing_by_name(gradescope: Platform) -> None:
    done = gradescope.set_up(WHEEL)
    assert done.returncode == 0, done.stderr
    assert gradescope.logged() == [
        "update",
        "install -y python3 python3-venv",
        f"pip install {gradescope.source / WHEEL}",
    ]


@LINUX
@pytest.mark.parametrize(
    ("wheels", "said"),
    [
        ([], "no shapecalc_nn-*.whl in the archive"),
        (["shapecalc-1.0-py3-none-any.whl"], "no shapecalc_nn-*.whl in the archive"),
        ([WHEEL, WHEEL.replace("0.1", "0.2")], "several wheels"),
    ],
)
def test_without_its_one_wheel_the_set_up_stops(
    gradescope: Platform, wheels: list[str], said: str
) -> None:
    done = gradescope.set_up(*wheels)
    assert done.returncode == 1
    assert done.stderr.startswith(f"setup.sh: {said}")
    assert gradescope.logged() == []


@LINUX
def test_an_older_python_is_not_taken(gradescope: Platform) -> None:
    gradescope.environment |= {"OLD": "yes", "MISSING": "python3.13"}
    done = gradescope.set_up(WHEEL)
    packages = ["python3", "python3.13", "python3.12"]
    assert gradescope.logged()[:4] == ["update", *(f"install -y {p} {p}-venv" for p in packages)]
    assert done.returncode == 0, done.stderr
