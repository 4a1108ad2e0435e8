"""How long something takes; what an engine cannot do."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any


class Unsupported(Exception):
    """An engine has no such measure: its cell stays empty."""


def seconds_of(function: Callable[[], Any], synchronize: Callable[[], None] = lambda: None) -> float:
    """Return how long a call takes, with what it started on the device."""
    gc.collect()
    start = time.perf_counter()
    function()
    synchronize()
    return time.perf_counter() - start
