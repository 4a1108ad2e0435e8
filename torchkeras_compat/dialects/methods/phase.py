"""``K.set_learning_phase``: the mode in which models run, whatever their methods would choose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torchkeras_compat.legacy.backend.learning_phase import set_phase


@contextmanager
def in_set_phase(model: Any) -> Iterator[None]:
    """Have a model run in the mode that ``K.set_learning_phase`` asked for, if it did.

    So ``K.set_learning_phase(0)`` trains without dropout, and ``K.set_learning_phase(1)`` predicts with it.
    """
    phase = set_phase()
    if phase is None:
        yield
        return
    model.__dict__["train"] = lambda mode=True: type(model).train(model, bool(phase))
    try:
        yield
    finally:
        del model.__dict__["train"]
        model.train(False)
