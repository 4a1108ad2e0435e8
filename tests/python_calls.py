"""What Python calls while a function runs: a count does not flake, a time does."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

Event = Callable[[Any, str, Any], None]


def observed(profile: Event, function: Callable[..., Any], *args: Any) -> None:
    """Call ``function``; ``profile`` sees every Python and C call, but none of a garbage collection that is due."""
    collects = gc.isenabled()
    gc.disable()
    sys.setprofile(profile)
    try:
        function(*args)
    finally:
        sys.setprofile(None)
        if collects:
            gc.enable()


def calls_of(function: Callable[..., Any], *args: Any, events: tuple[str, ...] = ("call",)) -> int:
    """Return the number of Python functions that one call of ``function`` calls, itself included."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in events

    observed(count, function, *args)
    return calls
