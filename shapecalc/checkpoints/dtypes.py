"""Types of values in weight files, as NumPy and PyTorch name them, and the bits of each."""

from __future__ import annotations

MOST_AXES = 64
MOST_SIZE = 1 << 63  # of an axis, and of all values of a tensor

BITS = {
    "bool": 8, "uint8": 8, "int8": 8, "uint16": 16, "int16": 16, "uint32": 32, "int32": 32,
    "uint64": 64, "int64": 64, "float16": 16, "bfloat16": 16, "float32": 32, "float64": 64,
    "complex64": 64, "complex128": 128, "qint8": 8, "quint8": 8, "qint32": 32,
    "float8_e4m3fn": 8, "float8_e5m2": 8, "float8_e4m3fnuz": 8, "float8_e5m2fnuz": 8,
    "float8_e8m0fnu": 8, "float4_e2m1fn_x2": 8, "float4": 4, "float6_e2m3": 6, "float6_e3m2": 6,
}  # fmt: skip


def bytes_of(values: int, dtype: str) -> int:
    """Return how many bytes values of a known type take, packed: ceil(values * bits/8)."""
    return -(-values * BITS[dtype] // 8)
