"""The class that every loss is, and the one that wraps a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.losses.reduction import reduce_values, reduce_weighted_values, standardize_reduction
from torchkeras_compat.naming import auto_name, to_snake_case
from torchkeras_compat.ops.conversion import cast, convert_to_tensor
from torchkeras_compat.overrides import OVERRIDES, TakesNumpyNumbers
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.keras_tensor import any_symbolic
from torchkeras_compat.symbolic.operation import record_function


class Loss(TakesNumpyNumbers):
    """A loss: ``call(y_true, y_pred)`` gives a value per sample, calling the object reduces them to one number.

    Subclasses define ``call``. Targets and predictions reach it as tensors of ``dtype``.

    Args:
        name: Name; None for the class name in snake case.
        reduction: ``"sum_over_batch_size"`` or ``"mean"`` (over all values), ``"sum"``, ``"mean_with_sample_weight"``
            (the sum divided by the sum of the weights), ``"none"`` or None (a value per sample).
        dtype: Dtype or dtype policy to compute in; None for ``floatx``.

    Raises:
        ValueError: ``reduction`` is none of these.

    Example:
        >>> class Cubed(Loss):
        ...     def call(self, y_true, y_pred):
        ...         return ((y_true - y_pred).abs() ** 3).mean(-1)
        >>> Cubed()([[0.0, 0.0]], [[1.0, 2.0]])
        tensor(4.5000)

    Source: Keras API, losses/Loss.
    """

    # A loss of class indices wants them as they come, not rounded to a float type.
    _casts_y_true = True

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self.reduction = standardize_reduction(reduction)
        self._given_dtype = dtype
        self._dtype = compute_dtype(dtype)
        self._torch_dtype = to_torch_dtype(self._dtype)

    @property
    def dtype(self) -> str:
        """Name of the dtype the loss is computed in."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        """Return the reduced loss.

        Args:
            y_true: Targets: a tensor, array, number, or a structure of these for a loss that takes one.
            y_pred: Predictions, likewise. A ``_keras_mask`` on the tensor says which values count.
            sample_weight: Weight per sample ``(batch,)`` or per value, or one number.

        Raises:
            ValueError: shapes of targets, predictions or weights do not fit together.
        """
        if (
            (sample_weight is None or type(sample_weight) is torch.Tensor)
            and type(y_pred) is torch.Tensor
            and type(y_true) is torch.Tensor
            and (y_pred.dtype is self._torch_dtype or y_pred.is_floating_point())
            and getattr(y_pred, "_keras_mask", None) is None
        ):
            if self._casts_y_true and y_true.dtype is not self._torch_dtype:
                y_true = y_true.to(self._torch_dtype)
            if sample_weight is None and y_pred.dtype is self._torch_dtype:
                return self._reduced(y_true, y_pred)
            values = self.call(y_true, y_pred.to(self._torch_dtype))
            return reduce_weighted_values(values, sample_weight, getattr(values, "_keras_mask", None), self.reduction)
        if any_symbolic((y_true, y_pred, sample_weight)):
            return record_function(self._general_call, (y_true, y_pred, sample_weight), {})
        if OVERRIDES.tensors is not None:
            found = OVERRIDES.tensors.loss(self, (y_true, y_pred, sample_weight))
            if found is not OVERRIDES.tensors.not_ours:
                return found
        return self._general_call(y_true, y_pred, sample_weight)

    def call(self, y_true: Any, y_pred: Any) -> torch.Tensor:
        """Return the loss of each sample, shape ``(batch, ...)``; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define `call(self, y_true, y_pred)`.")

    def _reduced(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """The loss without weights or mask; a subclass with a fused kernel for the mean overrides it."""
        values = self.call(y_true, y_pred)
        mask = getattr(values, "_keras_mask", None)
        if mask is not None:
            return reduce_weighted_values(values, None, mask, self.reduction)
        return reduce_values(values, self.reduction)

    def _general_call(self, y_true: Any, y_pred: Any, sample_weight: Any) -> torch.Tensor:
        mask = _masks_of(y_pred)
        y_true = _to_tensors(y_true, self._torch_dtype if self._casts_y_true else None)
        y_pred = _to_tensors(y_pred, self._torch_dtype)
        values = self.call(y_true, y_pred)
        own = getattr(values, "_keras_mask", None)
        if own is not None:  # the loss knows values that do not count
            mask = own if mask is None else own & mask.reshape(own.shape)
        return reduce_weighted_values(values, sample_weight, mask, self.reduction)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {"name": self.name, "reduction": self.reduction}
        if self._given_dtype is not None:
            config["dtype"] = self._dtype
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Return a new loss made from what ``get_config`` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class LossFunctionWrapper(Loss):
    """A loss made of a function ``fn(y_true, y_pred, **kwargs)`` that returns a value per sample.

    Args:
        fn: The function.
        reduction: As for :class:`Loss`.
        name: Name; None for one made from the class name.
        dtype: As for :class:`Loss`.
        **kwargs: Passed to ``fn``.

    Example:
        >>> LossFunctionWrapper(lambda y_true, y_pred: (y_true - y_pred).abs())([1.0], [3.0])
        tensor(2.)
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs
        self._casts_y_true = not getattr(fn, "takes_class_indices", False)

    def call(self, y_true: Any, y_pred: Any) -> torch.Tensor:
        """Return ``fn(y_true, y_pred)``."""
        if type(y_pred) is torch.Tensor and type(y_true) is torch.Tensor:
            if self._casts_y_true and y_true.shape != y_pred.shape:
                y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "fn": serialize_keras_object(self.fn), **self._fn_kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LossFunctionWrapper:
        """Return a new loss made from what ``get_config`` returned."""
        config = dict(config)
        if isinstance(config.get("fn"), (dict, str)):
            config["fn"] = deserialize_as("metrics", config["fn"])
        return cls(**config)

    def __repr__(self) -> str:
        return f"<LossFunctionWrapper({self.fn}, kwargs={self._fn_kwargs})>"


def compute_dtype(dtype: Any) -> str:
    """Return the name of the dtype to compute in, for a dtype, a policy, the name of one, its config, or None."""
    if isinstance(dtype, dict):
        dtype = deserialize_as("dtype_policies", dtype)
    if isinstance(dtype, str) and dtype.startswith("mixed_"):
        return standardize_dtype(dtype.removeprefix("mixed_"))
    return standardize_dtype(getattr(dtype, "compute_dtype", dtype))


def _masks_of(y_pred: Any) -> Any:
    """The ``_keras_mask`` of a tensor; a structure of predictions has none."""
    return getattr(y_pred, "_keras_mask", None)


def _to_tensors(y: Any, dtype: torch.dtype | None) -> Any:
    """Convert the arrays of a structure; lists of numbers are one array."""
    if isinstance(y, dict) or (isinstance(y, (list, tuple)) and _holds_arrays(y)):
        return tree.map_structure(lambda leaf: _to_tensors(leaf, dtype), y)
    if y is None:
        return None
    y = convert_to_tensor(y)
    return y if dtype is None or y.dtype is dtype else cast(y, dtype)


def _holds_arrays(parts: Any) -> bool:
    return any(
        isinstance(part, dict)
        or (_holds_arrays(part) if isinstance(part, (list, tuple)) else getattr(part, "ndim", 0) > 0)
        for part in parts
    )
