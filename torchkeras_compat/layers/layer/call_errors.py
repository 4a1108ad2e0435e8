"""What an error inside a layer's `call` says besides: which layer it was, and what it received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.tracebacks import hide_frames

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

# Whose text others read, or that are not errors of a layer.
_LEFT_ALONE = (torch.OutOfMemoryError, MemoryError, StopIteration, StopAsyncIteration)
_MOST_SHOWN = 8


def say_layer(error: Exception, layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Add the layer and the arguments of its call to the text of an error; of layers in layers only the innermost.

    The error stays the same object of the same class. Where its text is not its only argument, they become a note. Its
    traceback keeps the frames of the user.

    Args:
        error: What ``call`` raised.
        layer: The layer.
        args: Positional arguments of the call.
        kwargs: Keyword arguments of the call.
    """
    hide_frames(error)
    if isinstance(error, _LEFT_ALONE) or getattr(error, "_names_layer", False):
        return
    arguments = layer._call_spec.arguments(args, kwargs)
    received = "".join(f"\n  {name}: {_shown(value)}" for name, value in arguments.items())
    text = f"Raised in the call of {type(layer).__name__} '{layer.name}'" + (
        f", which received:{received}" if received else "."
    )
    if len(error.args) == 1 and isinstance(error.args[0], str) and str(error) == error.args[0]:
        error.args = (f"{error.args[0]}\n\n{text}",)
    else:
        error.add_note(text)
    mark(error)


def mark(error: Exception) -> None:
    """Let the layers around the one that an error names be silent."""
    error._names_layer = True  # type: ignore[attr-defined]


def _shown(value: Any) -> str:
    if isinstance(value, (torch.Tensor, KerasTensor, np.ndarray)):
        is_symbolic = isinstance(value, KerasTensor) or (isinstance(value, torch.Tensor) and value.is_meta)
        kind = "KerasTensor" if is_symbolic else "array" if isinstance(value, np.ndarray) else "Tensor"
        dtype = value.dtype if isinstance(value, np.ndarray) else standardize_dtype(value.dtype)
        return f"{kind}(shape={tuple(value.shape)}, dtype={dtype})"
    if isinstance(value, dict):
        return f"{{{_listed([f'{k!r}: {_shown(v)}' for k, v in list(value.items())[: _MOST_SHOWN + 1]])}}}"
    if isinstance(value, (list, tuple)):
        inner = _listed([_shown(v) for v in value[: _MOST_SHOWN + 1]])
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if value is None or isinstance(value, (bool, int, float, str)):
        return f"{value!r:.60}"
    return f"a {type(value).__name__}"


def _listed(parts: list[str]) -> str:
    return ", ".join(parts[:_MOST_SHOWN]) + (", ..." if len(parts) > _MOST_SHOWN else "")
