"""Files of frameworks are opened in the page, by the button or by dropping them on it."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from tests.browser.playground.conftest import SPECS, after, until

pytestmark = pytest.mark.slow  # starts a browser

KERAS = SPECS / "frameworks/cifar-keras.json"
ONNX = SPECS / "frameworks/cifar.onnx"
DARKNET = b"[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=10\nsize=5\nstride=1\n"
CAFFE = b"""input: "data" input_shape { dim: 1 dim: 3 dim: 32 dim: 32 }
layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 10 kernel_size: 5 } }
"""


def opened(page: Any, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.set_input_files("#file-input", [file])


@pytest.mark.parametrize(
    ("name", "data", "parameters"),
    [
        ("cifar-keras.json", KERAS.read_bytes(), "20,106"),  # as Keras' summary has it
        ("cifar.onnx", ONNX.read_bytes(), "60,362"),  # as PyTorch counts it
        ("net.cfg", DARKNET, "760"),  # 10*(3*5*5 + 1)
        ("net.prototxt", CAFFE, "760"),
    ],
)
def test_a_network_of_a_framework_becomes_a_spec(
    page: Any, name: str, data: bytes, parameters: str
) -> None:
    after(page, lambda: opened(page, name, data))
    assert parameters in page.inner_text("#summary")
    assert page.inner_text("#findings").strip() == "✓ Everything fits"
    assert "layers:" in page.inner_text(".cm-content")


def test_a_dropped_file_is_opened(page: Any) -> None:
    drop = """text => {
      const files = new DataTransfer();
      files.items.add(new File([text], "dropped.yaml"));
      const target = document.querySelector(".cm-content");
      const about = {dataTransfer: files, bubbles: true, cancelable: true};
      for (const type of ["dragenter", "dragover", "drop"])
        target.dispatchEvent(new DragEvent(type, about));
    }"""
    after(page, lambda: page.evaluate(drop, "name: Dropped\ninput: 3\nlayers: [dense: 4]\n"))
    assert page.inner_text("#summary h2") == "Dropped"
    assert not page.is_visible("#drop")


def test_weights_are_listed(page: Any) -> None:
    header = {"conv.weight": {"dtype": "F32", "shape": [10, 3, 5, 5], "data_offsets": [0, 3000]}}
    told = json.dumps(header).encode()
    opened(page, "net.safetensors", struct.pack("<Q", len(told)) + told + bytes(3000))
    until(page, "document.getElementById('page').open")
    assert page.inner_text("#page-title") == "net.safetensors"
    assert "[10, 3, 5, 5]" in page.inner_text("#page-text")
    assert "1 tensor, 750 values" in page.inner_text("#page-text")


@pytest.mark.parametrize(
    ("name", "data"),
    [("noise.bin", bytes(range(256)) * 9), ("answers.csv", b"student,q1\nada,5\n")],
)
def test_what_is_no_network_is_refused_in_words(page: Any, name: str, data: bytes) -> None:
    page.evaluate("document.getElementById('toast').textContent = ''")
    opened(page, name, data)
    until(page, "/cannot be opened|is no text/.test(document.getElementById('toast').textContent)")
    assert page.inner_text("#summary h2") == "LeNet-5"
