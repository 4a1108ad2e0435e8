"""Callbacks of Keras 1 and 2."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments


def model_checkpoint(arguments: Arguments, dialect: str) -> tuple[str, Arguments]:
    """``ModelCheckpoint`` with files of any name, and ``period`` in epochs."""
    return "legacy.callbacks.model_checkpoint.ModelCheckpoint", arguments


CALLBACKS: dict[str, Adapter] = {"callbacks.ModelCheckpoint": model_checkpoint}
