"""Light or dark: what a writer is asked for."""

from __future__ import annotations

from typing import Literal

Scheme = Literal["auto", "light", "dark"]
