"""The class behind `tf.Tensor`: a shell around a plain torch tensor, with TensorFlow's manners.

A shell shares its tensor's storage and place in autograd's graph. Torch functions see the plain tensor and give
shells again.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.parts import select
from torchkeras_compat.dialects.tensorflow.recording import RECORDING
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.variable_base import VariableBase

Function = Callable[..., Any]

_CORE, _HERE = f"{__name__.partition('.')[0]}.", f"{__name__.rpartition('.')[0]}."
_get_dtype = torch.Tensor.dtype.__get__  # type: ignore[attr-defined]
_get_shape = torch.Tensor.shape.__get__  # type: ignore[attr-defined]


class _TensorMeta(type(torch.Tensor)):  # type: ignore[misc]
    """Lets ``isinstance(x, tf.Tensor)`` hold for every torch tensor."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, torch.Tensor)


class Tensor(torch.Tensor, metaclass=_TensorMeta):
    """A tensor as code around `tf.keras` expects it. Made by :func:`wrap`.

    Example:
        >>> x = wrap(torch.tensor([1.0, 2.0], requires_grad=True))
        >>> x
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
        >>> np.mean(x), x.shape.as_list(), x.dtype
        (np.float32(1.5), [2], tf.float32)
        >>> y = x
        >>> y += 1  # makes a new tensor
        >>> x.numpy()
        array([1., 2.], dtype=float32)
    """

    _plain: torch.Tensor
    _epoch = 0  # see `recording`
    __array_priority__ = 1000  # so that NumPy leaves operators to it

    @classmethod
    def __torch_function__(cls, func: Function, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return wrap(func(*without_shells(args), **(without_shells(kwargs) if kwargs else {})))

    def __array_function__(self, func: Function, types: Any, args: Any, kwargs: Any) -> Any:
        return func(*_as_arrays(args), **_as_arrays(kwargs))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = convert_to_numpy(plain_of(self))
        return array.astype(dtype) if dtype is not None and array.dtype != dtype else array

    # The core, which may be handed a shell, reads what torch says.
    @property
    def dtype(self) -> Any:  # type: ignore[override]
        """The `DType`."""
        return _get_dtype(self) if core_asks() else as_dtype(_get_dtype(self))

    @property
    def shape(self) -> Any:  # type: ignore[override]
        """The `TensorShape`."""
        shape = _get_shape(self)
        return shape if core_asks() else TensorShape(shape)

    def get_shape(self) -> TensorShape:
        """Return the `TensorShape`."""
        return TensorShape(_get_shape(self))

    def set_shape(self, shape: Any) -> None:
        """Check that the tensor has this shape.

        Raises:
            ValueError: it has another.
        """
        if not self.get_shape().is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.get_shape()} is not compatible with supplied shape {shape}.")

    def numpy(self, *, force: bool = False) -> Any:
        """Return a copy of the values as a NumPy array; of a scalar as a number of NumPy."""
        array = convert_to_numpy(plain_of(self))
        return array.copy() if array.ndim else array[()]

    @property
    def _keras_mask(self) -> Any:
        return wrap(plain_of(self)._keras_mask)  # type: ignore[attr-defined]

    @_keras_mask.setter
    def _keras_mask(self, mask: Any) -> None:
        plain_of(self)._keras_mask = unwrap(mask)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        if name in _ASSIGNMENTS and "_part" in self.__dict__:
            variable, key = self.__dict__["_part"]
            return functools.partial(variable.assign_part, _ASSIGNMENTS[name], key)
        raise AttributeError(
            f"'Tensor' object has no attribute {name!r}" + (" Only a tf.Variable has." if name in _ASSIGNMENTS else "")
        )

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Return the values, as :meth:`numpy`."""
        return self.numpy()

    def ref(self) -> Reference:
        """Return what stands for the tensor in sets and dicts."""
        return Reference(self)

    experimental_ref = ref

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        text = repr(self.numpy()) if _get_shape(self) else str(self.numpy())
        separator = "\n" if "\n" in text else ""
        return f"<tf.Tensor: shape={tuple(_get_shape(self))}, dtype={self._name()}, numpy={separator}{text}>"

    def __str__(self) -> str:
        text = str(self.numpy())
        separator = "\n" if "\n" in text else ""
        return f"tf.Tensor({separator}{text}, shape={tuple(_get_shape(self))}, dtype={self._name()})"

    def __format__(self, format_spec: str) -> str:
        return format(self.numpy(), format_spec)

    def _name(self) -> str:
        return as_dtype(_get_dtype(self)).name

    def __len__(self) -> int:
        if not _get_shape(self):
            raise TypeError("Scalar tensor has no `len()`")
        size: int = _get_shape(self)[0]
        return size

    def __iter__(self) -> Iterator[Any]:
        if not _get_shape(self):
            raise TypeError("Cannot iterate over a scalar tensor.")
        return iter([wrap(part) for part in plain_of(self).unbind()])

    def __hash__(self) -> int:
        return id(plain_of(self))

    def __getitem__(self, key: Any) -> Any:
        return wrap(select(plain_of(self), unwrap_key(key)))

    def __setitem__(self, key: Any, value: Any) -> None:
        if not core_asks():
            refuse_item_assignment()
        plain_of(self)[without_shells(key)] = without_shells(value)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return wrap, (plain_of(self),)

    def __deepcopy__(self, memo: Any) -> Any:
        return wrap(plain_of(self).clone())

    def __copy__(self) -> Any:
        return self

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else array  # what functions of NumPy give is NumPy's

    def __float__(self) -> float:
        return float(plain_of(self).detach())

    def __int__(self) -> int:
        return int(plain_of(self).detach())

    def __complex__(self) -> complex:
        return complex(plain_of(self).detach())

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ValueError(
                f"The truth value of a tensor of shape {tuple(_get_shape(self))} is ambiguous. Use `tf.reduce_any(x)`"
                " or `tf.reduce_all(x)`."
            )
        return bool(plain_of(self).detach())


# Of a part of a variable, `v[0].assign(...)`: what becomes of the old and the given values.
_ASSIGNMENTS: dict[str, str] = {"assign": "set", "assign_add": "add", "assign_sub": "subtract"}


class Reference:
    """Stands for a tensor or variable in sets and dicts, where equal means the same object.

    Args:
        tensor: The tensor.

    Example:
        >>> x = wrap(torch.ones(2))
        >>> {x.ref(): 1}[x.ref()], x.ref().deref() is x
        (1, True)
    """

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor

    def deref(self) -> Any:
        """Return the tensor."""
        return self._tensor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._tensor is other._tensor

    def __hash__(self) -> int:
        return id(self._tensor)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._tensor!r}>"


def refuse_item_assignment() -> NoReturn:
    """Raise the error that says what to use instead of assigning to parts of a tensor."""
    raise TypeError(
        "A tf.Tensor does not support item assignment. Use `tf.tensor_scatter_nd_update(x, indices, updates)` or "
        "`tf.where(condition, new, x)` for a new tensor, or a `tf.Variable`, with `v[i].assign(value)`."
    )


def wrap(x: Any) -> Any:
    """Return plain torch tensors, in nested lists, tuples and dicts, as :class:`Tensor`; anything else as it is.

    While torch.compile traces, tensors stay plain.

    Example:
        >>> wrap((torch.ones(1), None))
        (<tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>, None)
    """
    kind = type(x)
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        if torch.compiler.is_compiling():
            return x
        shell = x.as_subclass(Tensor)
        shell._plain = x
        if x.requires_grad:
            shell._epoch = RECORDING.epoch
        return shell
    if kind is tuple:
        return tuple([wrap(part) for part in x])
    if kind is list:
        return [wrap(part) for part in x]
    if isinstance(x, dict):
        return {key: wrap(part) for key, part in x.items()} if kind is dict else _rebuilt(x, wrap)
    if isinstance(x, tuple) and kind is not torch.Size and kind is not TensorShape:
        return _rebuilt(x, wrap)
    return x


def _rebuilt(x: Any, change: Function) -> Any:
    """Return a named tuple, a sequence of torch's or a dict of another class with changed parts."""
    if isinstance(x, dict):
        try:
            return type(x)((key, change(part)) for key, part in x.items())
        except TypeError:  # a class with another constructor
            return x
    parts = [change(part) for part in x]
    return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)


def unwrap(x: Any) -> Any:
    """Return tensors, variables and NumPy arrays, in nested lists, tuples and dicts, as plain torch tensors.

    Numbers, of Python or NumPy, strings, KerasTensors and arrays of strings stay what they are.

    Example:
        >>> unwrap([wrap(torch.ones(1)), np.zeros(1, "float32"), 2])
        [tensor([1.]), tensor([0.]), 2]
    """
    kind = type(x)
    if kind is Tensor:
        return plain_of(x)
    if kind is torch.Tensor or kind is int or kind is float or kind is str or x is None:
        return x
    if kind is np.ndarray:
        return convert_to_tensor(x) if x.dtype.kind in "biufcV" else x
    if isinstance(x, VariableBase):
        return x.value
    if kind is tuple:
        return tuple([unwrap(part) for part in x])
    if kind is list:
        return [unwrap(part) for part in x]
    if kind is dict:
        return {key: unwrap(part) for key, part in x.items()}
    if isinstance(x, (tuple, dict)) and kind is not torch.Size and kind is not TensorShape:
        return _rebuilt(x, unwrap)
    return x


def plain_of(x: Tensor) -> torch.Tensor:
    """Return the plain tensor of a shell, as what runs now sees it: a constant if it was recorded before."""
    try:
        plain = x._plain
        return plain if x._epoch == RECORDING.epoch or not plain.requires_grad else plain.detach()
    except AttributeError:
        return identity_of(x)


def identity_of(x: Any) -> torch.Tensor:
    """Return the tensor of autograd's graph that a shell stands for, also where it is a constant by now."""
    if type(x) is not Tensor:
        plain: torch.Tensor = unwrap(x)
        return plain
    try:
        return x._plain
    except AttributeError:  # made by torch, from a shell, on a way around `wrap`
        with torch._C.DisableTorchFunctionSubclass():
            x._plain = x.as_subclass(torch.Tensor)
        return x._plain


def unwrap_key(key: Any) -> Any:
    """Return what lies in the brackets of ``x[key]`` with plain tensors."""
    if isinstance(key, slice):
        return key
    return tuple([unwrap_key(k) for k in key]) if type(key) is tuple else unwrap(key)


def without_shells(x: Any) -> Any:
    """Return shells, in nested lists, tuples and dicts, as plain tensors; variables stay."""
    kind = type(x)
    if kind is Tensor:
        return plain_of(x)
    if kind is tuple:
        return tuple([without_shells(part) for part in x])
    if kind is list:
        return [without_shells(part) for part in x]
    if kind is dict:
        return {key: without_shells(part) for key, part in x.items()}
    return x


def _as_arrays(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.__array__()
    if isinstance(x, (list, tuple)) and type(x) in (list, tuple):
        return type(x)(_as_arrays(part) for part in x)
    return {key: _as_arrays(part) for key, part in x.items()} if type(x) is dict else x


def core_asks() -> bool:
    """Whether the caller of the method that calls this is a module of torch or of the core, not one beside this."""
    name = sys._getframe(2).f_globals.get("__name__", "")
    return name.startswith("torch") and (name.startswith(("torch.", _CORE)) and not name.startswith(_HERE))


def package_asks(further: int = 0) -> bool:
    """Whether the caller of the method that calls this is a module of torch or of this package.

    Args:
        further: Number of calls between that method and the one that calls this.
    """
    name: str = sys._getframe(2 + further).f_globals.get("__name__", "")
    return name.startswith(("torch.", _CORE))
