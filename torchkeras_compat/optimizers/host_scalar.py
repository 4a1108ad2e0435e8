"""Variables whose value is a Python number: the learning rate and the number of updates.

The host knows both at every step. Kept as numbers they cost no kernel, and reading them waits for no device.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layouts import IDENTITY
from torchkeras_compat.variables import Variable


class HostScalar(Variable):
    """A number that an object holds, as a Keras variable: ``value``, ``assign``, ``numpy()``, ``float(...)``.

    Args:
        owner: Object with a ``name`` that holds the number.
        attribute: Attribute of the number, read and set.
        dtype: Dtype that the variable shows.
        name: Name; the path is ``owner.name/name``.

    Example:
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> rate = SGD(0.5, name="sgd").learning_rate
        >>> rate
        <Variable path=sgd/learning_rate, shape=(), dtype=float32, value=0.5>
        >>> float(rate), rate.value
        (0.5, tensor(0.5000))
    """

    def __init__(self, owner: Any, attribute: str, dtype: str, name: str) -> None:
        self._describe(name, False, "none", "auto")
        self._path = f"{owner.name}/{name}"
        self.autocast = False
        self._owner = owner
        self._attribute = attribute
        self._dtype = dtype

    @property
    def _number(self) -> float:
        return getattr(self._owner, self._attribute)

    @property
    def value(self) -> torch.Tensor:
        """A tensor without axes on the CPU."""
        return torch.tensor(self._number, dtype=to_torch_dtype(self._dtype), device="cpu")

    @property
    def parameters(self) -> tuple[torch.Tensor, ...]:
        """The value: no module holds it."""
        return (self.value,)

    @property
    def parameter(self) -> torch.Tensor:
        """The value: no module holds it."""
        return self.value

    is_parameter = False
    _layout = IDENTITY

    def to_keras_layout(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor

    def to_torch_layout(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor

    def assign(self, value: Any) -> torch.Tensor:
        """Set the number.

        Args:
            value: Number, or tensor or array with one value and no axes.

        Raises:
            ValueError: the value has axes.
            TypeError: the number cannot be set: a schedule rules it.
        """
        shape = tuple(getattr(value, "shape", np.shape(value)))
        if shape != ():
            raise ValueError(
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must"
                f" match. variable.shape=(), Received: value.shape={shape}. Target variable: {self.path}"
            )
        setattr(self._owner, self._attribute, int(value) if self._dtype.startswith("int") else float(value))
        return self.value

    def assign_add(self, value: Any) -> torch.Tensor:
        """Add to the number."""
        return self.assign(self._number + float(value))

    def assign_sub(self, value: Any) -> torch.Tensor:
        """Subtract from the number."""
        return self.assign(self._number - float(value))

    def numpy(self) -> np.ndarray:
        """Return the number as an array without axes."""
        return np.array(self._number, dtype=self._dtype)

    shape = property(lambda self: (), doc="Always ``()``.")
    dtype = property(lambda self: self._dtype, doc="Keras's name of the dtype.")
    device = property(lambda self: torch.device("cpu"), doc="Always the CPU.")
    trainable = property(lambda self: False, doc="Never trained.")

    def __float__(self) -> float:
        return float(self._number)

    def __int__(self) -> int:
        return int(self._number)

    __index__ = __int__

    def __bool__(self) -> bool:
        return bool(self._number)

    def __format__(self, specification: str) -> str:
        return format(self._number, specification) if specification else repr(self)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape=(), dtype={self._dtype}, value={self._number}>"

    __hash__ = Variable.__hash__
