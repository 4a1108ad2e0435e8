"""Windows of ``padding="same"`` that begin elsewhere on Theano than today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras_compat.own_code import is_own
from torchkeras_compat.user_warnings import warn_user

_CONVOLUTIONS = frozenset(("Conv1D", "Conv2D", "Conv3D"))
_POOLINGS = frozenset(f"{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3))


def warn_of_other_windows(model: Any, path: str) -> None:
    """Warn if layers of a model that was trained on Theano see other windows than they did there.

    Args:
        model: Model, built.
        path: Its file, for the message.
    """
    names = [layer.name for layer in model._flatten_layers() if has_other_windows(layer)]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        warn_user(
            f"{path!r} comes from Theano, where windows with padding='same' began before those of today, in the layers"
            f" {', '.join(map(repr, names[:3]))}{more}: outputs differ from those that the model was trained with."
            " Before a convolution, put a ZeroPadding layer with `kernel_size // 2` at the beginning of each axis and"
            " `(kernel_size - 1) // 2` at its end, use padding='valid', and load the weights into that model. Behind a"
            " pooling the model must be trained on."
        )


def has_other_windows(layer: Any) -> bool:
    """Return whether the windows of a layer lie elsewhere than on Theano, or, of inputs of unknown size, may do so.

    Args:
        layer: Any layer.

    Example:
        >>> from torchkeras_compat.layers import Conv2D, MaxPooling2D
        >>> has_other_windows(Conv2D(4, 3, padding="same")), has_other_windows(MaxPooling2D(2, padding="same"))
        (False, True)
    """
    kind = next(
        (c.__name__ for c in type(layer).__mro__ if c.__name__ in _CONVOLUTIONS | _POOLINGS and is_own(c)), None
    )
    if kind is None or layer.padding != "same":
        return False
    return any(_differs(*axis, kind in _POOLINGS) for axis in _axes(layer, kind))


def _axes(layer: Any, kind: str) -> Iterator[tuple[int, int, int | None]]:
    """Yield width of the windows, stride, and size of the input of each axis."""
    if kind in _POOLINGS:
        widths = layer.pool_size
    else:
        widths = [(k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    shape = _input_shape(layer)
    sizes = [None] * len(widths) if shape is None else layer._spatial_part(shape)
    yield from zip(widths, layer.strides, sizes, strict=True)


def _input_shape(layer: Any) -> Any:
    try:
        shape = layer.input.shape
    except (AttributeError, ValueError, RuntimeError):  # it was called several times, or never
        return None
    return shape


def _differs(width: int, stride: int, size: int | None, is_pooling: bool) -> bool:
    # Theano has the same on both sides, and drops what there is too much of at the end.
    before = width // 2 if not is_pooling else width - 2 if width > 2 and width % 2 else width - 1
    if stride == 1:
        return before != (width - 1) // 2
    if size is None:
        return width > 1
    total = max((-(-size // stride) - 1) * stride + width - size, 0)
    return before != total // 2
