"""The learning phase: whether layers train, as Keras 1 and 2 say it for all of them."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from torch import nn

from torchkeras_compat.layers.layer.full_call import full_call
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.graph_model import GraphModel


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_filename, code.co_firstlineno  # the same in the copies of `forward` that classes have


_CALLS = {
    _place(Layer.forward.__code__): "self",
    _place(GraphModel.forward.__code__): "self",
    _place(full_call.__code__): "layer",
}


class LearningPhase:
    """Stands for the learning phase among the inputs of a function; compared and converted, it is what holds now.

    Args:
        value: 0 for inference or 1 for training.

    Example:
        >>> LearningPhase(0) in (0, 1), bool(LearningPhase(1))
        (True, True)
    """

    def __init__(self, value: int) -> None:
        self._value = int(value)

    def __int__(self) -> int:
        return self._value

    __index__ = __int__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __float__(self) -> float:
        return float(self._value)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, LearningPhase) or bool(self._value == other)

    def __hash__(self) -> int:
        return hash(LearningPhase)

    def __repr__(self) -> str:
        return f"<learning phase: {self._value}>"


class _Phase(threading.local):
    """What was set, and what the run of a graph under way says."""

    of_run: bool | None = None


_phase = _Phase()
_set: list[int] = []  # for all threads, as Keras has it; empty for what each call says


def set_phase() -> int | None:
    """Return what :func:`set_learning_phase` set; None if nothing."""
    return _set[-1] if _set else None


@contextlib.contextmanager
def phase_scope(training: bool) -> Iterator[None]:
    """Let functions that ask find this phase: the scope of a run of the graph."""
    before, _phase.of_run = _phase.of_run, training
    try:
        yield
    finally:
        _phase.of_run = before


def is_training(training: Any = None) -> bool:
    """Return whether code that is being run trains.

    What ``training`` says, else what was set, else the mode of the layer whose call is under way, else what the run of
    the graph under way says.

    Example:
        >>> is_training(), is_training(1)
        (False, True)
    """
    if training is not None:
        return bool(training)
    if _set:
        return bool(_set[-1])
    mode = _mode_of_call()
    if mode is not None:
        return mode
    return bool(_phase.of_run)


def _mode_of_call() -> bool | None:
    """Return the mode of the layer whose call is under way, found on the stack; None outside of calls.

    That a layer is being called is read from the stack, since the short way of a call notes nothing.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = _CALLS.get(_place(frame.f_code))
        if name is not None:
            layer = frame.f_locals[name]
            return layer.training if isinstance(layer, nn.Module) else None
        frame = frame.f_back
    return None


def learning_phase() -> Any:
    """Return the learning phase: 0 in inference and 1 in training.

    In the call of a layer, or after :func:`set_learning_phase`, an int; elsewhere an object that counts as 0 and stands
    for the phase among the inputs of a ``K.function`` and the keys of a ``feed_dict``.

    Example:
        >>> learning_phase() in (0, 1)
        True
    """
    if _set:
        return _set[-1]
    mode = _mode_of_call()
    if mode is None:
        return LearningPhase(int(bool(_phase.of_run)))
    return int(mode)


def set_learning_phase(value: int) -> None:
    """Set the phase for everything that asks from now on.

    Args:
        value: 0 for inference or 1 for training.

    Raises:
        ValueError: it is neither.

    Example:
        >>> with learning_phase_scope(1):
        ...     learning_phase()
        1
    """
    _set[:] = [_checked(value)]


def forget_learning_phase() -> None:
    """Take back :func:`set_learning_phase`, as ``clear_session`` does."""
    _set.clear()


@contextlib.contextmanager
def learning_phase_scope(value: int) -> Iterator[None]:
    """Set the phase inside the scope.

    Args:
        value: 0 or 1.

    Raises:
        ValueError: it is neither.
    """
    before = list(_set)
    _set[:] = [_checked(value)]
    try:
        yield
    finally:
        _set[:] = before


def _checked(value: Any) -> int:
    if value not in (0, 1):
        raise ValueError(f"The learning phase is 0 or 1. Received: {value!r}")
    return int(value)


def symbolic_learning_phase() -> LearningPhase:
    """Return what stands for the phase among the inputs of a ``K.function``, whatever was set.

    Example:
        >>> symbolic_learning_phase()
        <learning phase: 0>
    """
    return LearningPhase(int(is_training()))


def global_learning_phase_is_set() -> bool:
    """Return whether :func:`set_learning_phase` said something.

    Example:
        >>> global_learning_phase_is_set()
        False
    """
    return bool(_set)
