"""What has to be done when a loop ends, whatever ended it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class CleanUp:
    """Runs steps when the scope ends: all of them, in their order, whatever one of them raises.

    The error of the scope goes on, or else the first one of a step; those after it become notes of it.

    Args:
        *steps: Functions without arguments.
        on_error: Called first with the error of the scope; not with ``GeneratorExit``, which only says that nobody
            wants more of a generator.

    Example:
        >>> with CleanUp(lambda: print("closed"), lambda: print("released")):
        ...     print("running")
        running
        closed
        released
    """

    def __init__(self, *steps: Callable[[], Any], on_error: Callable[[BaseException], Any] | None = None) -> None:
        self.steps = steps
        self.on_error = on_error

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        first = None if isinstance(error, GeneratorExit) else error
        steps = self.steps
        if first is not None and self.on_error is not None:
            steps = (functools.partial(self.on_error, first), *steps)
        for step in steps:
            try:
                step()
            except BaseException as raised:
                if first is None:
                    first = raised
                else:
                    first.add_note(f"Cleaning up after it raised another error: {raised!r}")
        try:
            if first is not None and first is not error:
                raise first
        finally:
            del first  # it holds this frame
