"""Watches which code besides this package, torch and NumPy runs in a step, and what that code calls."""

from __future__ import annotations

import gc
import inspect
import os
import random
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import torch

from torchkeras_compat.training.tracing.allowed_calls import why_not_called, why_not_entered, why_not_run
from torchkeras_compat.training.tracing.running_function import Found, function_of, inner_codes

_PACKAGE = Path(__file__).parents[2]
_ROOTS = (*(str(Path(str(library.__file__)).parent) + os.sep for library in (torch, np)), str(_PACKAGE) + os.sep)
_STANDARD = tuple({sysconfig.get_path("stdlib") + os.sep, sysconfig.get_path("platstdlib") + os.sep})
_GENERATED = ("<eval_with_key>", "<frozen ", "<traced step>")
_LIBRARIES = frozenset({"torch", "numpy", "torchkeras_compat"}) | sys.stdlib_module_names - {"__main__"}
_CHECKPOINT = os.path.join("torch", "utils", "checkpoint.py")
_SEEDED_HERE = os.path.join("random", "keyed_generator.py")
_SEEDING = ("manual_seed", "set_state", "seed")


class ForeignCode:
    """Watches the Python calls inside its scope.

    Garbage is not collected meanwhile: a collection runs finalizers and ``gc.callbacks``, which are not a part of a
    step but would look like one.

    Attributes:
        reason: What ran that a recording of tensor operations cannot stand for; None if there was nothing.
        is_blind: Whether another profiler was there already, so that nothing was seen.
        code: The code of others that ran, with the global variables that it ran with.
        functions: What this package and torch called of it.
        lost: The code of such functions that were not found.
        writers: The code that may have set attributes of objects that were there before the step.
        given: What they were given as arguments, apart from tensors and the containers of tensors.
    """

    def __init__(self) -> None:
        self.is_blind = False
        self.reason: str | None = None
        self.code: list[tuple[CodeType, dict[str, Any]]] = []
        self.functions: list[Found] = []
        self.lost: list[CodeType] = []
        self.writers: set[CodeType] = set()
        self.given: list[tuple[str, Any]] = []
        self._is_foreign: dict[int, bool] = {}  # by id: equal code may run with other global variables
        self._kept: list[CodeType] = []  # so that ids stay theirs
        self._inner: set[int] = set()
        self._new: set[int] = set()  # ids of objects that were made in this step

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
        if self.reason is None:
            try:
                self._look(frame, event, argument)
            except Exception as error:  # of objects that do not let themselves be looked at
                self.reason = f"code of yours cannot be followed: {type(error).__name__}: {error}"

    def _look(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call":
            is_foreign = self._is_foreign.get(id(code))
            if is_foreign is None:
                is_foreign = self._meet(code, frame)
            caller = frame.f_back
            is_called_by_foreign = caller is not None and self._is_foreign.get(id(caller.f_code), False)
            if is_foreign and not self._is_of_new_object(code, frame):
                self.writers.add(code)
            if is_foreign and not is_called_by_foreign:
                self._enter(code, frame)
            elif is_called_by_foreign and not is_foreign:
                self.reason = self.reason or why_not_entered(frame)
        elif event == "c_call":
            if argument.__name__ in _SEEDING and not code.co_filename.endswith(_SEEDED_HERE):
                if isinstance(getattr(argument, "__self__", None), torch.Generator):
                    self.reason = "a random generator is seeded in the step"
            elif self._is_foreign.get(id(code), False):
                self.reason = why_not_called(argument)

    def _meet(self, code: CodeType, frame: FrameType) -> bool:
        """Note code that runs for the first time; return whether it is the code of others."""
        if code.co_filename.endswith(_CHECKPOINT):
            self.reason = "a part of the step is computed again for the gradients, with the random numbers of before"
        is_foreign = not self.is_known(code.co_filename, str(frame.f_globals.get("__name__")))
        self._is_foreign[id(code)] = is_foreign
        self._kept.append(code)
        if is_foreign:
            self.code.append((code, frame.f_globals))
            self._inner.update(map(id, inner_codes(code)))
        else:
            self.reason = self.reason or why_not_run(frame)
        return is_foreign

    def _is_of_new_object(self, code: CodeType, frame: FrameType) -> bool:
        """Whether code fills an object that was made in this step: `__init__` of one that has no attributes yet."""
        if code.co_name not in ("__init__", "__post_init__") or not code.co_argcount:
            return False
        first = frame.f_locals.get(code.co_varnames[0])
        if code.co_name == "__init__" and not getattr(first, "__dict__", True):
            self._new.add(id(first))
        return id(first) in self._new

    def _enter(self, code: CodeType, frame: FrameType) -> None:
        """Note a function of others that known code calls, and what it gives it."""
        if id(code) not in self._inner:  # else it was made in this step, and may hold tensors of it
            found = function_of(frame)
            if found is None:
                self.lost.append(code)
            else:
                self.functions.append(found)
        names, args, kwargs = inspect.getargs(code)
        for name in (*names, args, kwargs):
            if name is None or name.startswith("."):
                continue  # what a generator of this step iterates over
            self._take(f"{name}` of `{code.co_qualname}", frame.f_locals.get(name))

    def _take(self, where: str, value: Any) -> None:
        """Keep an argument; tensors of the step must not outlive it, nor the containers that were made for them."""
        if type(value) in (list, tuple, dict) and _holds_tensors(value):
            for item in value.values() if isinstance(value, dict) else value:
                self._take(where, item)
        elif not isinstance(value, torch.Tensor):
            self.given.append((where, value))

    @staticmethod
    def is_known(file: str, module: str) -> bool:
        """Whether code belongs to this package, to torch, to NumPy or to Python."""
        if file.startswith(_STANDARD) and "site-packages" not in file:
            return True
        if file == "<string>":  # what libraries generate, and what `python -c` runs
            return module.startswith("namedtuple_") or module.partition(".")[0] in _LIBRARIES
        return file.startswith((*_ROOTS, *_GENERATED))


def _holds_tensors(value: Any) -> bool:
    if type(value) in (list, tuple, dict):
        return any(map(_holds_tensors, value.values() if isinstance(value, dict) else value))
    return isinstance(value, torch.Tensor)


def _random_states() -> Any:
    state: Any = np.random.get_state()
    return random.getstate(), state[2], state[1].tobytes()
