"""The wheel of the shapecalc that is running: made from its installed files, without a build tool.

The format is https://packaging.python.org/specifications/binary-distribution-format.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from importlib import metadata
from pathlib import Path

import shapecalc

DISTRIBUTION = "shapecalc-nn"
WHEEL = "Wheel-Version: 1.0\nGenerator: shapecalc\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
LEFT_OUT = ("__pycache__",)
WHEN = (1980, 1, 1, 0, 0, 0)


class NotInstalled(Exception):
    """There is no distribution of shapecalc here: it runs from its source folder."""


def own_wheel() -> tuple[str, bytes]:
    """Return the wheel's name and content. Raises NotInstalled."""
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise NotInstalled(
            "shapecalc runs from its source folder here: install it from there first,"
            " with `pip install .`"
        ) from None
    stem = f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}"
    about = f"{stem}.dist-info"
    files = _package()
    for name in ("METADATA", "entry_points.txt"):
        files[f"{about}/{name}"] = (distribution.read_text(name) or "").encode()
    files[f"{about}/WHEEL"] = WHEEL.encode()
    record = "".join(f"{name},{_digest(raw)},{len(raw)}\n" for name, raw in files.items())
    files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n".encode()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, raw in files.items():
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            wheel.writestr(info, raw)
    return f"{stem}-py3-none-any.whl", whole.getvalue()


def _package() -> dict[str, bytes]:
    """Return the package's files by their paths in the wheel."""
    top = Path(shapecalc.__file__).parent
    paths = sorted(path for path in top.rglob("*") if path.is_file())
    return {
        path.relative_to(top.parent).as_posix(): path.read_bytes()
        for path in paths
        if not any(part in LEFT_OUT or part.startswith(".") for part in path.relative_to(top).parts)
    }


def _digest(raw: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"
