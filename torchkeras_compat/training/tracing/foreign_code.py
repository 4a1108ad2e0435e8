"""Watches which code besides this package's and torch's runs in a step, and whether it does more than compute."""

from __future__ import annotations

import opcode
import os
import random
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import torch

_ROOTS = tuple(str(Path(f).parent) for f in (torch.__file__, __file__.rpartition("training")[0] + "__init__.py"))
_STANDARD = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
_EFFECTS = (print, input, open, breakpoint)
_CLOCKS = ("time", "datetime")
_EFFECTS_IN = (os.sep + "random.py", os.path.join("logging", "__init__.py"), os.sep + "warnings.py")
_GENERATORS = (random.Random, np.random.RandomState, np.random.Generator)
_GLOBAL_WRITES = tuple(opcode.opmap[name] for name in ("STORE_GLOBAL", "DELETE_GLOBAL"))


class ForeignCode:
    """Watches the Python calls inside its scope.

    Attributes:
        is_seen: Whether code of somebody else ran.
        reason: What it did that a recording of tensor operations would leave out; None if nothing was seen.
        is_blind: Whether another profiler was there already, so that nothing was seen.
    """

    def __init__(self) -> None:
        self.is_seen = False
        self.is_blind = False
        self.reason: str | None = None
        self._known: dict[CodeType, bool] = {}

    def __enter__(self) -> ForeignCode:
        self._drawn = _random_states()
        self.is_blind = sys.getprofile() is not None
        if not self.is_blind:
            sys.setprofile(self._see)
        return self

    def __exit__(self, *error: Any) -> None:
        if not self.is_blind:
            sys.setprofile(None)
        if self.is_seen and self.reason is None and self._drawn != _random_states():
            self.reason = "the code of the step draws numbers from Python's or NumPy's generator"

    def _see(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            caller = frame.f_back
            if not self._is_foreign(frame) and caller is not None and self._is_foreign(caller):
                file = frame.f_code.co_filename
                if file.startswith(_STANDARD) and file.endswith(_EFFECTS_IN):
                    self.reason = f"the code of the step calls `{frame.f_code.co_name}` of {file}"
        elif event == "c_call":
            owner = getattr(argument, "__self__", None)
            is_known = argument in _EFFECTS or getattr(argument, "__module__", None) in _CLOCKS
            if isinstance(owner, _GENERATORS) or (is_known and self._is_foreign(frame)):
                self.reason = f"the code of the step calls `{argument.__name__}`"

    def _is_foreign(self, frame: FrameType) -> bool:
        """Whether the code of a frame is neither of this package nor of torch nor of Python."""
        code = frame.f_code
        found = self._known.get(code)
        if found is None:
            name = code.co_filename
            is_standard = name.startswith(_STANDARD) and "site-packages" not in name
            found = self._known[code] = not (is_standard or name.startswith((*_ROOTS, "<eval_with_key>", "<frozen ")))
            if found:
                self.is_seen = True
                if any(_is_generator(frame.f_globals.get(name)) for name in code.co_names):
                    self.reason = f"`{code.co_name}` has a random generator of Python or NumPy"
                elif any(instruction in _GLOBAL_WRITES for instruction in code.co_code[::2]):
                    self.reason = f"`{code.co_name}` assigns to a global variable"
        return found


def _is_generator(value: Any) -> bool:
    return isinstance(value, _GENERATORS)


def _random_states() -> Any:
    return random.getstate(), np.random.get_state()[2], np.random.get_state()[1].tobytes()  # type: ignore[index]


def generator_in(modules: Iterable[Any]) -> str | None:
    """Return which of some modules has a generator of Python or NumPy in an attribute: nobody sees it draw."""
    for module in modules:
        if any(map(_is_generator, vars(module).values())):
            return f"{type(module).__name__} has a random generator of Python or NumPy"
    return None
