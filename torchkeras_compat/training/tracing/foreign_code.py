"""Watches for code besides this package, torch and NumPy in a step: what it looks at, nobody can follow."""

from __future__ import annotations

import gc
import os
import random
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import torch

_PACKAGE = Path(__file__).parents[2]
_ROOTS = (*(str(Path(str(library.__file__)).parent) + os.sep for library in (torch, np)), str(_PACKAGE) + os.sep)
_STANDARD = tuple({sysconfig.get_path("stdlib") + os.sep, sysconfig.get_path("platstdlib") + os.sep})
_GENERATED = ("<eval_with_key>", "<frozen ", "<traced step>", "<string>")
_CHECKPOINT = os.path.join("torch", "utils", "checkpoint.py")
_SEEDED_HERE = os.path.join("random", "keyed_generator.py")
_SEEDING = ("manual_seed", "set_state", "seed")


class ForeignCode:
    """Watches the Python calls inside its scope.

    Garbage is not collected meanwhile: a collection runs finalizers and ``gc.callbacks``, which are no part of a step
    but would look like one.

    Attributes:
        reason: Which code ran that a recording of tensor operations cannot stand for; None if there was none.
        is_blind: Whether another profiler was there already, so that nothing was seen.
    """

    def __init__(self) -> None:
        self.is_blind = False
        self.reason: str | None = None
        self._seen: dict[int, CodeType] = {}  # by id: the constants of some code have no hash

    def __enter__(self) -> ForeignCode:
        self._drawn = _random_states()
        self._collects = gc.isenabled()
        gc.disable()
        self.is_blind = sys.getprofile() is not None
        if not self.is_blind:
            sys.setprofile(self._see)
        return self

    def __exit__(self, *error: Any) -> None:
        if not self.is_blind:
            sys.setprofile(None)
        if self._collects:
            gc.enable()
        if self.reason is None and self._drawn != _random_states():
            self.reason = "the step draws numbers from the generators of Python or NumPy"

    def _see(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call" and id(code) not in self._seen:
            self._seen[id(code)] = code
            name = code.co_filename
            if name.endswith(_CHECKPOINT):
                self.reason = (
                    "a part of the step is computed again for the gradients, with the random numbers of before"
                )
            elif not self._is_known(name):
                self.reason = f"`{code.co_qualname}` is code of yours, which may look at values that change"
        elif event == "c_call" and argument.__name__ in _SEEDING and not code.co_filename.endswith(_SEEDED_HERE):
            if isinstance(getattr(argument, "__self__", None), torch.Generator):
                self.reason = "a random generator is seeded in the step"

    @staticmethod
    def _is_known(name: str) -> bool:
        """Whether a file belongs to this package, to torch, to NumPy or to Python."""
        if name.startswith(_STANDARD) and "site-packages" not in name:
            return True
        return name.startswith((*_ROOTS, *_GENERATED))


def _random_states() -> Any:
    state: Any = np.random.get_state()
    return random.getstate(), state[2], state[1].tobytes()
