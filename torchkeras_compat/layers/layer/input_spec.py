"""What a layer expects of an input: rank, shape, dtype."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.layers.layer.call_errors import mark
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, standardize_shape


class InputSpec:
    """Rank, shape and dtype that a layer expects of one input.

    Args:
        dtype: Expected dtype; None for any.
        shape: Expected shape, None for axes of any size; None for any shape.
        ndim: Expected number of axes.
        max_ndim: Largest number of axes.
        min_ndim: Smallest number of axes.
        axes: Axis number to expected size.
        allow_last_axis_squeeze: Whether a last axis of size one may be missing or added.
        name: Key of the input in a dict of inputs.
        optional: Whether the input may be None.

    Example:
        >>> InputSpec(min_ndim=2, axes={-1: 4})
        InputSpec(min_ndim=2, axes={-1: 4})
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = standardize_dtype(dtype) if dtype is not None else None
        self.shape = standardize_shape(shape) if shape is not None else None
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        rank = self.ndim or self.max_ndim
        if self.axes and rank and max(self.axes) > rank - 1:
            raise ValueError(f"Axis {max(self.axes)} is greater than the maximum allowed value: {rank - 1}")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
            "optional": self.optional,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """Return a new spec made from what ``get_config`` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        parts = {k: v for k, v in self.get_config().items() if v}
        return f"InputSpec({', '.join(f'{k}={v}' for k, v in parts.items())})"


def check_inputs(specs: Any, inputs: Any, layer_name: str) -> None:
    """Raise a ValueError if ``inputs`` do not fit ``specs``."""
    try:
        if isinstance(specs, dict):
            missing = [k for k in specs if not isinstance(inputs, dict) or k not in inputs]
            if missing:
                raise ValueError(
                    f"Missing data for input \"{missing[0]}\" of layer '{layer_name}'. Pass a dict with the keys"
                    f" {list(specs)}."
                )
            pairs = [(k, specs[k], inputs[k]) for k in specs]
        else:
            flat_specs = specs if isinstance(specs, (list, tuple)) else [specs]
            flat = _flat(inputs)
            if len(flat) != len(flat_specs):
                raise ValueError(
                    f'Layer "{layer_name}" expects {len(flat_specs)} input(s), but it received {len(flat)} input'
                    f" tensors. Inputs received: {[_describe(x) for x in flat]}"
                )
            pairs = [(i, spec, x) for i, (spec, x) in enumerate(zip(flat_specs, flat, strict=True))]
        for key, spec, x in pairs:
            if spec is not None and not (x is None and spec.optional):
                _check(spec, x, f'Input {key} of layer "{layer_name}" is incompatible with the layer')
    except ValueError as error:
        mark(error)
        raise


def _flat(inputs: Any) -> list[Any]:
    if isinstance(inputs, (torch.Tensor, KerasTensor)):
        return [inputs]
    return pytree.tree_leaves(inputs, is_leaf=lambda x: x is None)


def _describe(x: Any) -> str:
    return f"shape={tuple(x.shape)}" if hasattr(x, "shape") else repr(type(x))


def _check(spec: InputSpec, x: Any, problem: str) -> None:
    if not hasattr(x, "shape"):
        raise ValueError(f"{problem}: expected a tensor, received {x!r} of type {type(x)}.")
    shape = tuple(x.shape)
    ndim = len(shape)
    if spec.ndim is not None and ndim != spec.ndim and not spec.allow_last_axis_squeeze:
        raise ValueError(f"{problem}: expected ndim={spec.ndim}, found ndim={ndim}. Full shape received: {shape}")
    if spec.max_ndim is not None and ndim > spec.max_ndim:
        raise ValueError(
            f"{problem}: expected max_ndim={spec.max_ndim}, found ndim={ndim}. Full shape received: {shape}"
        )
    if spec.min_ndim is not None and ndim < spec.min_ndim:
        raise ValueError(
            f"{problem}: expected min_ndim={spec.min_ndim}, found ndim={ndim}. Full shape received: {shape}"
        )
    if spec.dtype is not None and standardize_dtype(x.dtype) != spec.dtype:
        raise ValueError(f"{problem}: expected dtype={spec.dtype}, found dtype={standardize_dtype(x.dtype)}")
    for axis, size in spec.axes.items():
        if size is not None and -ndim <= axis < ndim and shape[axis] not in (size, None):
            raise ValueError(
                f"{problem}: expected axis {axis} of input shape to have value {size}, but received input with shape"
                f" {shape}"
            )
    if spec.shape is not None:
        found = shape
        if spec.allow_last_axis_squeeze:
            found = shape[:-1] if shape and shape[-1] == 1 else shape
            expected = spec.shape[:-1] if spec.shape and spec.shape[-1] == 1 else spec.shape
        else:
            expected = spec.shape
        if len(found) != len(expected) or any(
            e not in (None, s) and s is not None for e, s in zip(expected, found, strict=True)
        ):
            raise ValueError(f"{problem}: expected shape={spec.shape}, found shape={shape}")
