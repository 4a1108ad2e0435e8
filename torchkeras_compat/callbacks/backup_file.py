"""The file of `BackupAndRestore`: weights as Keras reads them, the state of a training run, and a checksum of both."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers.modes import weights_to_use
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.plain_values import PlainValues, read_plain_values
from torchkeras_compat.saving.stores import child
from torchkeras_compat.saving.weights_h5 import write_weights

_STATE = "training_state"
_BLOCK = 512  # bytes before the HDF5 file, where HDF5 lets programs write what they like
_TITLE = "torchkeras_compat training state 1, sha256 of what follows this block:"


def write_copy(path: Path, model: Any, state: dict[str, Any]) -> None:
    """Write the weights of a model and the state of its training run into a new file.

    Args:
        path: File.
        model: Model.
        state: Plain values; see `PlainValues`.

    Raises:
        TypeError: the state holds other values.
        OSError: the file cannot be written.
    """
    values = PlainValues(state)
    with weights_to_use(model), new_h5(path, userblock_size=_BLOCK) as file:
        write_weights(model, file)
        dataset = file.create_dataset(_STATE, shape=(values.size,), dtype="uint8")
        start = 0
        for part in values.parts():
            dataset[start : start + len(part)] = part
            start += len(part)
    with path.open("rb+") as raw:
        block = _block(raw)
        raw.seek(0)
        raw.write(block)


def read_copy(path: Path) -> dict[str, Any]:
    """Return the state that a file holds.

    Args:
        path: File.

    Raises:
        FileNotFoundError: there is none.
        FileContentError: its bytes are not those that were written, or it was written by another program.
    """
    with path.open("rb") as raw:
        found = raw.read(_BLOCK)
        if not found.startswith(_TITLE.encode()):
            raise FileContentError(
                f"{str(path)!r} does not begin as a copy that this version writes: it was written by another version or"
                " by Keras, or it is broken."
            )
        if found != _block(raw):
            raise FileContentError(f"The bytes of {str(path)!r} are not those that were written: the checksum differs.")
        with opened_h5(raw, str(path)) as file:
            dataset = child(file, _STATE)
            size = raw.seek(0, 2)
            # Bytes as they are, all of them in the file: nothing grows when they are read.
            if (
                not hasattr(dataset, "shape")
                or dataset.ndim != 1
                or dataset.dtype != np.uint8
                or dataset.chunks is not None
                or not len(dataset) == dataset.id.get_storage_size() <= size
            ):
                raise FileContentError(f"{str(path)!r} holds no state of a training run.")
            state = read_plain_values(lambda start, stop: dataset[start:stop], len(dataset))
    if not isinstance(state, dict):
        raise FileContentError(f"{str(path)!r} holds no state of a training run but {type(state).__name__}.")
    return state


def _block(raw: Any) -> bytes:
    raw.seek(_BLOCK)
    digest = hashlib.file_digest(raw, "sha256").hexdigest()
    return f"{_TITLE} {digest}\n".encode().ljust(_BLOCK, b"\0")
