"""Pages: well formed, self-contained, complete; and no name of a file leaves the place of text."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import Trace, trace
from shapecalc.reports import FORMATS, Layout, diagnostics
from shapecalc.reports.html import difference, markup, verification
from tests.reports.html.pages import read

ROOT = Path(__file__).resolve().parents[3]
NETWORKS = ROOT / "specs" / "networks"
BROKEN = ROOT / "specs" / "broken"
HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></script><img src=x>",
    "]]><!--",
    "&#x3c;b&#x3e;&lt;&amp;",
    '" onmouseover="alert(1)',
    "' style='x",
    "\x1b[2J\u202e\u2028",
)


def report(network: Trace) -> str:
    return FORMATS["html"].render(network, Layout())


def test_a_page_has_every_number_of_the_network() -> None:
    network = trace(NETWORKS / "alexnet.yaml")
    page = read(report(network))
    for record in network:
        assert record.name in page.texts
        assert record.derivation[0] in page.text
        assert f"{record.parameters:,}" in page.texts
        assert f"{record.macs:,}" in page.texts
    assert "62,378,344" in page.texts
    assert "62.4\u00a0M" in page.texts
    assert "250 MB in float32" in page.texts  # 4 * 62,378,344 = 249.5 MB
    assert "72%" in page.texts  # (447.9 + 224.3 + 149.5) / 1,135.3 million MACs
    assert "in conv2, conv4, conv3" in page.texts


def test_what_is_not_known_takes_no_bytes() -> None:
    page = read(report(trace({"input": "?x?x3", "layers": [{"conv": {"K": 4, "F": 3}}]})))
    assert "448 B in float32" in page.texts  # 4 * (3*3*3*4 + 4)
    assert not [text for text in page.texts if "?" in text and " B" in text]


def test_alexnet_is_at_most_100_kb() -> None:
    path = NETWORKS / "alexnet.yaml"
    network = trace(path)
    assert len(report(network).encode()) <= 100_000
    with_memory = FORMATS["html"].render(network, Layout(memory=shapecalc.memory(path)))
    assert len(report(network)) < len(with_memory) <= len(with_memory.encode()) <= 100_000


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "name", ["u-net", "googlenet", "mit-arrhythmia-1d", "yolov3-tiny", "dncnn"]
)
def test_other_networks_are_pages(name: str) -> None:
    network = trace(NETWORKS / f"{name}.yaml")
    page = read(report(network))
    assert all(record.name.rpartition(".")[2] in page.texts for record in network)


def test_a_finding_stands_at_its_place() -> None:
    page = read(report(trace(BROKEN / "alexnet-224-without-padding.yaml")))
    assert "line 6, column 5" in page.texts
    assert "conv" in page.texts  # what is marked in the excerpt
    assert "#n1-l1-SC201" in page.values("href")
    assert "#n1-l1" in page.values("href")


@pytest.mark.slow
def test_every_broken_spec_is_a_page() -> None:
    for path in sorted(BROKEN.glob("*.yaml")):
        found = trace(path)
        page = read(report(found))
        assert all(d.code in page.text for d in found.diagnostics), path.name


def test_several_networks_have_an_index() -> None:
    traces = [trace(NETWORKS / f"{name}.yaml") for name in ("lenet-5", "zfnet")]
    whole = FORMATS["html"].whole
    assert whole is not None
    page = read(whole((network, Layout(file=network.spec.file)) for network in traces))
    assert {"#n1", "#n2"} <= {*page.values("href")}
    assert {"LeNet-5", "ZFNet"} <= {*page.texts}


def test_deep_instances_are_folded() -> None:
    page = read(FORMATS["html"].render(trace(NETWORKS / "resnet-50.yaml"), Layout(depth=0)))
    whole = read(report(trace(NETWORKS / "resnet-50.yaml")))
    assert len(page.elements) < len(whole.elements) / 2


def test_columns_are_chosen() -> None:
    layout = Layout(columns=("name", "weights", "jump", "from"))
    page = read(FORMATS["html"].render(trace(NETWORKS / "lenet-5.yaml"), layout))
    assert "48,000" in page.texts
    assert "receptive field" not in page.texts


# -- names -------------------------------------------------------------------------------------


def keras(name: str) -> dict[str, Any]:
    """Return a network whose layers have any names: Keras' own."""
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8, 8, 1], "name": "i"}},
        {"class_name": "Conv2D", "config": {"name": name, "filters": 2, "kernel_size": [3, 3]}},
        {"class_name": "Mystery", "config": {"name": f"{name}.{name}"}},
    ]
    return {"class_name": "Sequential", "config": {"name": name, "layers": layers}}


def native(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "source": name,
        "input": "8x8x1",
        name: 1,
        "layers": [{"conv": {"K": 2, "F": 3, name: name}}, name, {"add": [name, "conv1"]}],
        "expect": {name: name},
    }


MAKERS: dict[str, Callable[[str], dict[str, Any]]] = {"keras": keras, "native": native}


def pages_of(folder: Path, maker: Callable[[str], dict[str, Any]], name: str) -> Iterator[str]:
    """Yield a page of each sort in which a name stands wherever a file can put it."""
    path = folder / "file.json"
    path.write_text(json.dumps(maker(name)), encoding="utf-8")
    network = trace(path)
    assert network.diagnostics
    yield report(network)
    form = diagnostics.named("html")
    yield form.render([(name, network.diagnostics)])
    yield form.render_files([form.of_file(name, network.diagnostics, network)])  # type: ignore[attr-defined]
    other = trace({"input": "8x8x1", "layers": ["relu"]})
    yield difference.render(shapecalc.diff(network.spec, other.spec))
    yield verification.render([shapecalc.verify(network.spec)])
    yield (
        "<!DOCTYPE html>\n"
        + network._repr_mimebundle_()["text/html"].encode("ascii", "xmlcharrefreplace").decode()
    )


@pytest.mark.quick(3)
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_text(tmp_path: Path, maker: str, name: str) -> None:
    """The elements of a page are those of the same network with harmless names as long."""
    narrow, wide = (pages_of(tmp_path, MAKERS[maker], c * len(name)) for c in "iW")
    for page, *sound in zip(pages_of(tmp_path, MAKERS[maker], name), narrow, wide, strict=True):
        found = read(page)
        expected = {part for each in sound for part in read(each).structure}
        assert {*found.structure} <= expected | SMALL
        shown = "".join(c if c.isprintable() else "?" for c in name)
        assert shown[:20] in " ".join(found.texts) or shown[:9] in found.text


# What may come and go with the letters of a name: an excerpt is as long as a line, a text wraps.
SMALL = {
    ("mark", ()), ("span", ("class",)), ("text", ("x", "y", "font-size", "fill", "class")),
    ("wbr", ()),
}  # fmt: skip


def test_a_planted_script_is_found() -> None:
    page = report(trace(NETWORKS / "lenet-5.yaml"))
    planted = page.replace("LeNet-5", HOSTILE[0], 1)
    assert {*read(planted).structure} - {*read(page).structure} or planted.count("<script>") > 1
    with pytest.raises(AssertionError):
        read(page.replace("</h1>", "</h1></div>"))
    with pytest.raises(AssertionError):
        read(page.replace("<h1", '<h1 onclick="x"'))
    with pytest.raises(AssertionError):
        read(page.replace("</style>", "@import 'x';</style>"))


def test_elements_escape_text_and_attributes() -> None:
    made = markup.element("p", "<b>", markup.element("i", "&"), title='"><x', id=None)
    assert made == '<p title="&quot;&gt;&lt;x">&lt;b&gt;<i>&amp;</i></p>'


# -- the others --------------------------------------------------------------------------------


def test_what_check_finds_is_a_page_with_an_index() -> None:
    form = diagnostics.named("html")
    traces = [trace(path) for path in sorted(BROKEN.glob("sc201*.yaml"))]
    made = [form.of_file(t.spec.file, t.diagnostics, t) for t in traces]  # type: ignore[attr-defined]
    page = read(form.render_files(made))  # type: ignore[attr-defined]
    assert f"{len(traces)} files checked" in page.texts
    assert all(f"#n{number}" in page.values("href") for number in range(1, len(traces) + 1))
    assert "down1.conv1" in page.text


def test_a_verification_is_a_page() -> None:
    result = shapecalc.verify(NETWORKS / "lenet-5.yaml")
    page = read(verification.render([result]))
    assert f"{len(result.checks)} checks, all agree" in page.text
    wrong = result.checks[0]._replace(agrees=False, executed=[1, 2, 3])
    planted = type(result)(**{**result.__dict__, "checks": [wrong, *result.checks[1:]]})
    page = read(verification.render([planted, result]))
    assert f"1 of {len(result.checks)} checks disagrees" in page.text
    assert "28×28×6, but 1×2×3" in page.text


def test_a_difference_is_a_page() -> None:
    found = shapecalc.diff(NETWORKS / "alexnet.yaml", NETWORKS / "zfnet.yaml")
    page = read(difference.render(found))
    assert "62.4\u00a0M → 62.4\u00a0M" in page.texts
    assert "-20,736" in page.texts
    assert "110×110×96" in page.texts
    same = shapecalc.diff(NETWORKS / "alexnet.yaml", NETWORKS / "alexnet.yaml")
    assert "✓ the same network" in read(difference.render(same)).texts


def test_a_weight_file_is_a_page(tmp_path: Path) -> None:
    head = {"a<b": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
    text = json.dumps(head).encode()
    path = tmp_path / "w.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(24))
    page = read(report(trace(path)))
    assert "a<b" in page.texts
    assert "24\u00a0B" in page.texts


def test_notebooks_get_elements_and_attributes_alone() -> None:
    network = trace(NETWORKS / "lenet-5.yaml")
    first, second = (network._repr_mimebundle_() for _ in range(2))
    assert first["text/plain"] == str(network)
    assert not re.search(
        "<style|<script|<link| class=", first["text/html"].replace(' class="soft"', "")
    )
    page = "<!DOCTYPE html>" + (first["text/html"] + second["text/html"])
    read(page.encode("ascii", "xmlcharrefreplace").decode())  # no id twice
    assert "<svg" not in page  # of which an untrusted notebook would leave the texts
    (source,) = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)"', first["text/html"])
    drawn = b64decode(source).decode()
    assert drawn == shapecalc.draw(network.spec, width=900, scheme="light").rstrip()
    found = shapecalc.diff(NETWORKS / "alexnet.yaml", NETWORKS / "zfnet.yaml")
    assert "110×110×96" in found._repr_mimebundle_()["text/html"]
    result = shapecalc.verify({"input": "4x4x1", "layers": ["relu"]})
    assert "all agree" in result._repr_mimebundle_()["text/html"]


def test_formulas_stand_where_sizes_have_names() -> None:
    layers = [{"conv": {"K": 8, "F": 3, "P": 1}}, "relu", "global_avg_pool"]
    page = read(report(trace({"input": "HxWx3", "layers": layers})))
    assert "H×W×8" in page.texts
    assert "216*H*W" in page.texts


def test_memory_is_on_the_page_where_it_is_asked_for() -> None:
    network = trace(NETWORKS / "lenet-5.yaml")
    memory = shapecalc.memory(network.spec, batch=2)
    page = read(FORMATS["html"].render(network, Layout(memory=memory)))
    assert {"Memory", "kept bytes"} <= {*page.texts}
    assert str(memory) in page.texts
