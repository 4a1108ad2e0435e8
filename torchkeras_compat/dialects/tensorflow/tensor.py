"""`tf.Tensor`: a torch tensor with TensorFlow's manners, and the way in and out of it.

A :class:`Tensor` is a shell around a plain torch tensor, whose storage and place in autograd's graph it shares. Torch
functions see the plain tensor and give shells again. Functions of ``tf.*`` are written on plain tensors and made by
:func:`tensor_function`.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.operation import record_function
from torchkeras_compat.variable_base import VariableBase

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)

_CORE, _HERE = f"{__name__.partition('.')[0]}.", f"{__name__.rpartition('.')[0]}."
_get_dtype = torch.Tensor.dtype.__get__  # type: ignore[attr-defined]
_get_shape = torch.Tensor.shape.__get__  # type: ignore[attr-defined]


class Tensor(torch.Tensor):
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
    __array_priority__ = 1000  # so that NumPy leaves operators to it

    @classmethod
    def __torch_function__(cls, func: Function, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return wrap(func(*_shelled_out(args), **(_shelled_out(kwargs) if kwargs else {})))

    def __array_function__(self, func: Function, types: Any, args: Any, kwargs: Any) -> Any:
        return func(*_as_arrays(args), **_as_arrays(kwargs))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = convert_to_numpy(_plain_of(self))
        return array.astype(dtype) if dtype is not None and array.dtype != dtype else array

    # The core, which may be handed a shell, reads what torch says.
    @property
    def dtype(self) -> Any:  # type: ignore[override]
        """The `DType`."""
        return _get_dtype(self) if _core_asks() else as_dtype(_get_dtype(self))

    @property
    def shape(self) -> Any:  # type: ignore[override]
        """The `TensorShape`."""
        shape = _get_shape(self)
        return shape if _core_asks() else TensorShape(shape)

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
        array = convert_to_numpy(_plain_of(self))
        return array.copy() if array.ndim else array[()]

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
        return iter([wrap(part) for part in _plain_of(self).unbind()])

    def __hash__(self) -> int:
        return id(_plain_of(self))

    def __getitem__(self, key: Any) -> Any:
        return wrap(select(_plain_of(self), key))

    def __setitem__(self, key: Any, value: Any) -> None:
        if not _core_asks():
            refuse_item_assignment()
        _plain_of(self)[_shelled_out(key)] = _shelled_out(value)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return wrap, (_plain_of(self),)

    def __deepcopy__(self, memo: Any) -> Any:
        return wrap(_plain_of(self).clone())

    def __copy__(self) -> Any:
        return self

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else array  # what functions of NumPy give is NumPy's

    def __float__(self) -> float:
        return float(_plain_of(self).detach())

    def __int__(self) -> int:
        return int(_plain_of(self).detach())

    def __complex__(self) -> complex:
        return complex(_plain_of(self).detach())

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ValueError(
                f"The truth value of a tensor of shape {tuple(_get_shape(self))} is ambiguous. Use `tf.reduce_any(x)`"
                " or `tf.reduce_all(x)`."
            )
        return bool(_plain_of(self).detach())


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


# -- in and out --------------------------------------------------------------------------------------------------------


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
        return _plain_of(x)
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


def _plain_of(x: Tensor) -> torch.Tensor:
    try:
        return x._plain
    except AttributeError:  # made by torch, from a shell, on a way around `wrap`
        with torch._C.DisableTorchFunctionSubclass():
            x._plain = x.as_subclass(torch.Tensor)
        return x._plain


def _shelled_out(x: Any) -> Any:
    """Return shells, in nested lists, tuples and dicts, as plain tensors; variables stay."""
    kind = type(x)
    if kind is Tensor:
        return _plain_of(x)
    if kind is tuple:
        return tuple([_shelled_out(part) for part in x])
    if kind is list:
        return [_shelled_out(part) for part in x]
    if kind is dict:
        return {key: _shelled_out(part) for key, part in x.items()}
    return x


def _as_arrays(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.__array__()
    if isinstance(x, (list, tuple)) and type(x) in (list, tuple):
        return type(x)(_as_arrays(part) for part in x)
    return {key: _as_arrays(part) for key, part in x.items()} if type(x) is dict else x


def _core_asks() -> bool:
    """Whether the caller of the method that calls this is a module of the core."""
    name = sys._getframe(2).f_globals.get("__name__", "")
    return name.startswith("torch") and (name.startswith(("torch.", _CORE)) and not name.startswith(_HERE))


def tensor_function(function: F) -> F:
    """Make a function of ``tf.*`` of one that is written on plain torch tensors.

    The function made takes tensors of any kind, variables and NumPy arrays in its arguments, and gives
    :class:`Tensor`. Where an argument is a KerasTensor it is recorded, as a step of a functional model, and gives
    KerasTensors; a function of ``keras.ops`` records itself, so that such a model can be saved.

    Args:
        function: Gets torch tensors, numbers and whatever else was given; also on the meta device.

    Example:
        >>> @tensor_function
        ... def double(x):
        ...     return x + x
        >>> double(np.ones(1, "float32"))
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>
        >>> double(KerasTensor((None, 3))).shape
        (None, 3)
    """
    records_itself = hasattr(function, "_is_operation")

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            args, kwargs = _shelled_out(args), _shelled_out(kwargs)
            return function(*args, **kwargs) if records_itself else record_function(function, args, kwargs)
        return wrap(function(*unwrap(args), **(unwrap(kwargs) if kwargs else kwargs)))

    return call  # type: ignore[return-value]


# -- operators ---------------------------------------------------------------------------------------------------------


def as_operand(other: Any, x: torch.Tensor) -> Any:
    """Return the other operand of an operator as torch takes it: arrays and lists in the dtype of ``x``, as TensorFlow.

    Raises:
        ValueError: it is no number and nothing that holds numbers.
    """
    kind = type(other)
    if kind is Tensor:
        return _plain_of(other)
    if kind is torch.Tensor or kind is int or kind is float or kind is bool or isinstance(other, KerasTensor):
        return other
    if isinstance(other, VariableBase):
        return other.value
    if isinstance(other, torch.Tensor):
        return other
    if isinstance(other, (np.ndarray, np.generic, list, tuple)):
        other = unwrap(list(other) if isinstance(other, tuple) else other)
        return convert_to_tensor(other, dtype=_get_dtype(x)).to(x.device)
    if isinstance(other, complex):
        return other
    raise ValueError(
        f"Attempt to convert a value ({other!r}) with an unsupported type ({type(other)}) to a Tensor. Use numbers, "
        "arrays, tensors or variables."
    )


_QUOTIENTS = {torch.int32: torch.float64, torch.int64: torch.float64}
_QUOTIENTS |= dict.fromkeys((torch.int8, torch.int16, torch.uint8), torch.float32)


def _divide(a: Any, b: Any) -> Any:
    """Return ``a / b``; of integers in float64, or float32 where they are small, as TensorFlow."""
    x = a if isinstance(a, torch.Tensor) else b
    dtype = _QUOTIENTS.get(x.dtype)
    if dtype is None or (isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.dtype != b.dtype):
        return a / b
    return (a.to(dtype) / b) if x is a else (a / b.to(dtype))


def _equal(a: Any, b: Any) -> Any:
    """Return ``a == b`` of each pair; of shapes that do not broadcast False."""
    try:
        return operator.eq(a, b)
    except RuntimeError:
        return torch.tensor(False)


def _unequal(a: Any, b: Any) -> Any:
    return ~_equal(a, b)


def _binary(function: Function, swapped: bool = False) -> Function:
    def operate(self: Any, other: Any) -> Any:
        x = _plain_of(self)
        y = as_operand(other, x)
        return wrap(function(y, x) if swapped else function(x, y))

    return operate


def _comparison(function: Function, with_none: bool) -> Function:
    def compare(self: Any, other: Any) -> Any:
        if other is None or isinstance(other, str):
            return with_none
        x = _plain_of(self)
        return wrap(function(x, as_operand(other, x)))

    return compare


def _unary(function: Function) -> Function:
    def operate(self: Any) -> Any:
        return wrap(function(_plain_of(self)))

    return operate


BINARY: dict[str, Function] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": _divide,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
COMPARISONS: dict[str, Function] = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
for _name, _function in BINARY.items():
    setattr(Tensor, f"__{_name}__", _binary(_function))
    setattr(Tensor, f"__i{_name}__", _binary(_function))
    setattr(Tensor, f"__r{_name}__", _binary(_function, swapped=True))
for _name, _function in COMPARISONS.items():
    setattr(Tensor, f"__{_name}__", _binary(_function))
Tensor.__eq__ = _comparison(_equal, False)  # type: ignore[method-assign]
Tensor.__ne__ = _comparison(_unequal, True)  # type: ignore[method-assign]
UNARY: dict[str, Function] = {"neg": operator.neg, "abs": operator.abs, "invert": operator.invert}
for _name, _function in UNARY.items():
    setattr(Tensor, f"__{_name}__", _unary(_function))


# -- parts -------------------------------------------------------------------------------------------------------------


def select(x: torch.Tensor, key: Any) -> torch.Tensor:
    """Return the part of a tensor at a key of ints, slices with any step, ``tf.newaxis``, ``...`` and masks.

    Raises:
        IndexError: there are more keys than axes, or an index lies outside.
    """
    if type(key) is int:
        return x[key]
    keys = tuple(_part(k) for k in key) if isinstance(key, tuple) else (_part(key),)
    backward = [k for k in keys if isinstance(k, slice) and k.step is not None and k.step < 0]
    return _select_backward(x, keys) if backward else x[keys]


def _part(key: Any) -> Any:
    if isinstance(key, slice):
        bounds = [None if b is None else operator.index(b) for b in (key.start, key.stop, key.step)]
        return slice(*bounds)
    return unwrap(key)


def _select_backward(x: torch.Tensor, keys: tuple[Any, ...]) -> torch.Tensor:
    used = sum(k is not None and k is not Ellipsis for k in keys)
    if not any(k is Ellipsis for k in keys):
        keys = (*keys, Ellipsis)
    forward: list[Any] = []
    flipped: list[int] = []  # axes of the result
    axis = place = 0
    for k in keys:
        if k is Ellipsis:
            forward.append(k)
            axis, place = axis + x.ndim - used, place + x.ndim - used
        elif isinstance(k, slice) and k.step is not None and k.step < 0:
            chosen = range(x.shape[axis])[k]
            forward.append(slice(chosen[-1], chosen[0] + 1, -k.step) if chosen else slice(0, 0))
            flipped.append(place)
            axis, place = axis + 1, place + 1
        else:
            forward.append(k)
            axis += k is not None
            place += not isinstance(k, int)
    return x[tuple(forward)].flip(flipped)
