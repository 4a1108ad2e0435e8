"""Callbacks of Keras 1 and 2."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments


def model_checkpoint(arguments: Arguments, dialect: str) -> tuple[str, Arguments]:
    """``ModelCheckpoint`` with files of any name, and ``period`` in epochs."""
    return "legacy.callbacks.model_checkpoint.ModelCheckpoint", arguments


def progbar_logger(arguments: Arguments, dialect: str) -> Arguments:
    """``ProgbarLogger``, which counts steps: those of samples and those of steps are the same bar.

    Raises:
        ValueError: ``count_mode`` is neither of the two.
    """
    given = dict(arguments)
    given.pop("stateful_metrics", None)  # logs hold results of metrics, never their means over batches
    mode = given.pop("count_mode", "samples")
    if mode not in ("samples", "steps"):
        raise ValueError(f"`count_mode` of ProgbarLogger is 'samples' or 'steps'. Received: {mode!r}")
    return given


CALLBACKS: dict[str, Adapter] = {
    "callbacks.ModelCheckpoint": model_checkpoint,
    "callbacks.ProgbarLogger": progbar_logger,
}
