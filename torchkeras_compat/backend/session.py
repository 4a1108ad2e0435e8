"""A fresh start for the names of layers and tensors."""

from __future__ import annotations

import gc

from torchkeras_compat.naming import reset_names


def clear_session(free_memory: bool = True) -> None:
    """Number all automatic names from the start again: the next dense layer is ``dense`` again.

    Args:
        free_memory: Whether to run Python's garbage collector, so that models no longer used give back their memory.
    """
    reset_names()
    if free_memory:
        gc.collect()
