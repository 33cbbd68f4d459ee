"""Files of every format that is read are opened in the page, and never leave the machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import keras_files
import pytest
import weight_files
from exported_files import convolutional
from tflite_files import small
from torch_files import Call, Name, module, tensor, zipped

from shapecalc import checkpoints, readers
from tests.browser.playground.conftest import SPECS, after, choose_file, until, until_live, write

pytestmark = pytest.mark.slow  # starts a browser

KERAS = (SPECS / "frameworks/cifar-keras.json").read_bytes()
ONNX = (SPECS / "frameworks/cifar.onnx").read_bytes()
DARKNET = b"[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=10\nsize=5\nstride=1\n"
CAFFE = b"""input: "data" input_shape { dim: 1 dim: 3 dim: 32 dim: 32 }
layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 10 kernel_size: 5 } }
"""
SPEC = b"name: Mine\ninput: 3\nlayers: [dense: 4]\n"


def part(name: str, **attributes: Any) -> Call:
    """Return a module of torch.nn as torch.save writes it."""
    kept = {"training": True, "_parameters": {}, "_buffers": {}, "_modules": {}}
    return module(name, {**kept, **attributes})


def sequential() -> bytes:
    """Return a whole Sequential as torch.save writes it: a dense layer and its activation."""

    def learned(*sizes: int) -> Call:
        stored = tensor(sizes, "x".join(map(str, sizes)))
        return Call(Name("torch._utils", "_rebuild_parameter"), (stored, True, {}))

    dense = part(
        "linear.Linear",
        _parameters={"weight": learned(5, 12), "bias": learned(5)},
        in_features=12,
        out_features=5,
    )
    return zipped(part("container.Sequential", _modules={"0": dense, "1": part("activation.ReLU")}))


# The number of parameters is the framework's own, or worked out beside it.
NETWORKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "cifar.json": (lambda: KERAS, "20,106"),  # as Keras' summary has it
    "cifar.keras": (lambda: keras_files.archive(KERAS), "20,106"),
    "cifar.h5": (lambda: keras_files.hdf5(KERAS), "20,106"),
    "cifar.hdf5": (lambda: keras_files.hdf5(KERAS), "20,106"),
    "cifar.onnx": (lambda: ONNX, "60,362"),  # as PyTorch counts it
    "net.tflite": (lambda: small().bytes(), "282"),  # 4*(3*3*3 + 1) + 10*(16 + 1)
    "net.pt2": (lambda: convolutional().file("linear"), "201"),  # 4*28 + 2*4 + 4*3*3 + 5*9
    "net.pth": (sequential, "65"),  # 5*(12 + 1)
    "net.cfg": (lambda: DARKNET, "760"),  # 10*(3*5*5 + 1)
    "net.prototxt": (lambda: CAFFE, "760"),
    "mine.yaml": (lambda: SPEC, "16"),  # 4*(3 + 1)
    "mine.yml": (lambda: SPEC, "16"),
    "mine.json": (lambda: b'{"input": 3, "layers": [{"dense": 4}]}', "16"),
}


DROP = """([name, data]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
  const target = document.querySelector(".cm-content");
  const about = {dataTransfer: files, bubbles: true, cancelable: true};
  for (const type of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(type, about));
}"""


def dropped(page: Any, name: str, data: bytes) -> None:
    """Drop a file on the editor."""
    page.evaluate(DROP, [name, base64.b64encode(data).decode("ascii")])


def said(page: Any) -> str:
    """Return what the page's dialog says."""
    until(page, "document.getElementById('page').open")
    text: str = page.inner_text("#page")
    return text


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_is_dropped_becomes_a_spec(page: Any, name: str) -> None:
    make, parameters = NETWORKS[name]
    after(page, lambda: dropped(page, name, make()))
    assert parameters in page.inner_text("#summary")
    assert page.locator(".finding.error").count() == 0
    assert "layers" in page.inner_text(".cm-content")
    assert not page.is_visible("#drop")


def test_every_ending_of_a_network_is_tried() -> None:
    tried = {name[name.index(".") :] for name in NETWORKS}
    assert tried >= set(readers.endings())


def test_a_file_is_chosen_by_the_button(page: Any) -> None:
    after(page, lambda: choose_file(page, "cifar.onnx", ONNX))
    assert "60,362" in page.inner_text("#summary")


@pytest.mark.parametrize(
    ("name", "data", "called"),
    [
        ("mine.yaml", SPEC, "mine.yaml"),
        ("my.net.shape.yml", SPEC, "my.net.shape.yml"),
        ("<b>.yaml", SPEC, "<b>.yaml"),
        ("cifar.onnx", ONNX, "cifar.shape.yaml"),
    ],
)
def test_a_file_keeps_its_name(page: Any, name: str, data: bytes, called: str) -> None:
    after(page, lambda: choose_file(page, name, data))
    assert page.inner_text("#file") == called
    write(page, "input: 3\nlayers: [relu]\n")  # edited, it is the same file
    assert page.inner_text("#file") == called
    page.click("#open-export")
    with page.expect_download() as download:
        page.click("[data-save=json]")
    assert json.loads(download.value.path().read_text(encoding="utf-8"))["file"] == called
    if "<" not in name:  # which no browser writes to a disk
        stem = called.replace(".shape", "").rpartition(".")[0]
        assert download.value.suggested_filename == f"{stem}.json"
        page.click("#open-export")
        with page.expect_download() as download:
            page.click("[data-save=yaml]")
        assert download.value.suggested_filename == called


def test_a_file_keeps_its_name_until_the_next_visit(page: Any) -> None:
    after(page, lambda: choose_file(page, "mine.yaml", SPEC))
    page.reload()
    until_live(page)
    assert page.inner_text("#file") == "mine.yaml"


@pytest.mark.parametrize("ending", weight_files.WRITERS)
def test_weights_that_are_dropped_are_listed(page: Any, ending: str) -> None:
    dropped(page, f"net{ending}", weight_files.WRITERS[ending]())
    text = said(page)
    assert page.inner_text("#page-title") == f"net{ending}"
    assert "34,726 values" in text  # 5*5*3*2 + 6 + 34,560 + 10
    assert ending == ".weights" or "4 tensors" in text
    assert ending == ".weights" or "138,240" in text
    assert page.inner_text("#summary h2") == "LeNet-5"


def test_every_format_of_weights_is_tried() -> None:
    raw = [make() for make in weight_files.WRITERS.values()]
    found = {checkpoints.format_of(one[: checkpoints.HEAD], "net") for one in raw}
    assert found == {*checkpoints.FORMATS} - {
        "safetensors-index"
    }  # whose parts are files beside it


def cut(name: str) -> bytes:
    """Return the first half of a network's file."""
    data = NETWORKS[name][0]()
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        *((name, cut(name), "cannot be opened") for name in (
            "cifar.keras", "cifar.h5", "cifar.onnx", "net.tflite", "net.pt2", "net.pth",
        )),
        ("net.safetensors", weight_files.safetensors({"a": [2]})[:-1], "cannot be opened"),
        ("noise.bin", bytes(range(256)) * 9, "is no text"),
        ("answers.csv", b"student,q1\nada,5\n", "cannot be opened"),
        ("net.py", b"import torch\n\nclass Net(torch.nn.Module): ...\n", "write the network as a"),
        ("net.ipynb", b'{"cells": [], "nbformat": 4}', "write the network as a spec"),
        ("files.zip", weight_files.archived({"a.txt": b"a"}), "a ZIP archive"),
        ("model.safetensors.index.json", weight_files.index({"a": "1.safetensors"}), "one by one"),
        ("empty.onnx", b"", "the file is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_opened_is_refused_in_words(
    page: Any, name: str, data: bytes, words: str
) -> None:
    dropped(page, name, data)
    text = said(page)
    assert words in text
    assert "Traceback" not in text
    assert "console" not in text  # where a fault of our own would stand
    assert page.inner_text("#summary h2") == "LeNet-5"


def leaking(page: Any, address: str, act: Callable[[], object]) -> list[str]:
    """Return the addresses asked meanwhile that are not plain ones of the page's own host."""
    asked: list[Any] = []

    def note(request: Any) -> None:
        asked.append(request)

    page.on("request", note)
    act()
    page.remove_listener("request", note)
    return [
        request.url
        for request in asked
        if urlsplit(request.url).netloc != urlsplit(address).netloc
        or request.method != "GET"
        or request.post_data is not None
        or urlsplit(request.url).query
    ]


def test_nothing_of_a_file_leaves_the_machine(page: Any, address: str) -> None:
    def act() -> None:
        for name in ("cifar.keras", "net.pt2", "mine.yaml"):
            make, parameters = NETWORKS[name]
            after(page, lambda make=make, name=name: dropped(page, name, make()))
            assert parameters in page.inner_text("#summary")
        dropped(page, "net.safetensors", weight_files.safetensors({"a": [2]}))
        said(page)

    assert leaking(page, address, act) == []


def test_a_file_that_left_would_be_noticed(page: Any, address: str) -> None:
    leak = f"{address}?contents"
    assert leaking(page, address, lambda: page.evaluate(f"fetch('{leak}').then(() => 0)")) == [leak]
