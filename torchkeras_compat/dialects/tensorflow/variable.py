"""`tf.Variable`: a variable of the core, with TensorFlow's constructor, names, texts and ways to assign."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras_compat import variables
from torchkeras_compat.dialects.tensorflow.dtypes import DType, as_dtype
from torchkeras_compat.dialects.tensorflow.recording import RECORDING
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.tensor import (
    BINARY,
    COMPARISONS,
    UNARY,
    Reference,
    Tensor,
    as_operand,
    core_asks,
    equal,
    package_asks,
    place,
    select,
    unequal,
    unrecorded,
    unwrap,
    unwrap_key,
    wrap,
)
from torchkeras_compat.naming import auto_name, current_path
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

Function = Callable[..., Any]
CoreVariable = variables.Variable
value_of: Callable[[Any], torch.Tensor] = CoreVariable.value.fget  # type: ignore[attr-defined]


class _VariableMeta(type):
    """Lets ``isinstance(x, tf.Variable)`` hold for the weights of layers."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, CoreVariable)


class Variable(CoreVariable, metaclass=_VariableMeta):
    """A tensor that can be changed; an attribute of a layer, model or `tf.Module` becomes one of its weights.

    Args:
        initial_value: Values: a tensor, array, number or nested lists, or a function without arguments that gives them.
        trainable: Whether tapes and training follow it; None for True.
        validate_shape: Kept for TensorFlow's signature, as are ``caching_device``, ``import_scope``,
            ``experimental_enable_variable_lifting``.
        name: Name, which need not be unique.
        variable_def: Only None.
        dtype: Dtype; None for that of the values: int32 and float32 of Python's numbers.
        constraint: Function of the values applied after each update of an optimizer.
        synchronization: Kept for TensorFlow's signature.
        aggregation: How replicas combine it.
        shape: Shape with None where :meth:`assign` may change the size.

    Raises:
        ValueError: no values are given, or they do not fit the shape.

    Example:
        >>> v = Variable([1.0, 2.0])
        >>> v.assign_add([1.0, 1.0])
        <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([2., 3.], dtype=float32)>
        >>> _ = v[0].assign(9.0)
        >>> v + 1
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([10.,  4.], dtype=float32)>
    """

    __array_priority__ = 1000
    _static_shape: TensorShape | None = None

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: Any = None,
        constraint: Function | None = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        experimental_enable_variable_lifting: bool = True,
    ) -> None:
        if initial_value is None or variable_def is not None:
            raise ValueError("tf.Variable needs its `initial_value`. `variable_def` is not supported: leave it out.")
        if callable(initial_value) and not isinstance(initial_value, (torch.Tensor, CoreVariable)):
            initial_value = initial_value()
        value = convert_to_tensor(unwrap(initial_value), None if dtype is None else as_dtype(dtype).torch_dtype)
        if shape is not None:
            self._static_shape = TensorShape(shape)
            self._static_shape.assert_is_compatible_with(tuple(value.shape))
        super().__init__(
            value.detach(),
            trainable=trainable is None or bool(trainable),
            aggregation=_keyword(aggregation, "none"),
            synchronization=_keyword(synchronization, "auto"),
            name=(name or "Variable").replace("/", "_").replace(":", "_"),
        )
        parent = current_path()
        self._tensorflow_name = f"{parent}/{name or 'Variable'}" if parent else name or "Variable"
        if name is None:  # paths are unique, TensorFlow's names are not
            self._name = auto_name("variable")
            self._path = f"{parent}/{self._name}" if parent else self._name
        self._unique_id = f"Variable_{next(_NUMBERS)}"
        self.constraint = constraint

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:
        """In TensorFlow a method: ``v.value()`` gives a tensor of the values. The core reads a torch tensor."""
        return _read(self) if package_asks() else self.read_value

    def read_value(self) -> Any:
        """Return a tensor of the values."""
        return wrap(_read(self))

    def numpy(self) -> Any:
        """Return a copy of the values as a NumPy array; of a scalar as a number of NumPy."""
        array = CoreVariable.numpy(self)
        return array if array.ndim else array[()]

    def initialized_value(self) -> Any:
        """Return a tensor of the values."""
        return self.read_value()

    def is_initialized(self) -> Any:
        """Return True: it has values since it was made."""
        return wrap(torch.tensor(True))

    def eval(self, session: Any = None) -> Any:
        """Return the values, as :meth:`numpy`."""
        return self.numpy()

    def sparse_read(self, indices: Any, name: str | None = None) -> Any:
        """Return the rows at ``indices``."""
        return self[convert_to_tensor(unwrap(indices)).long()]

    def gather_nd(self, indices: Any, name: str | None = None) -> Any:
        """Return the elements, or parts, at each of the index vectors on the last axis of ``indices``."""
        return self[_as_index(indices)]

    @property
    def name(self) -> str:
        """Name with the number that TensorFlow gives outputs: ``"Variable:0"``; the core reads a plain one."""
        return self._name if core_asks() else f"{self._tensorflow_name}:0"

    @property
    def shape(self) -> Any:
        """The `TensorShape`."""
        found = CoreVariable.shape.fget(self)  # type: ignore[attr-defined]
        return found if self._static_shape is None and core_asks() else self._static_shape or TensorShape(found)

    def get_shape(self) -> TensorShape:
        """Return the `TensorShape`."""
        shape: TensorShape = self.shape
        return shape

    def set_shape(self, shape: Any) -> None:
        """Check that the variable has this shape.

        Raises:
            ValueError: it has another.
        """
        self.shape.assert_is_compatible_with(shape)

    @property
    def dtype(self) -> DType:
        """The `DType`."""
        return as_dtype(self.parameters[0].dtype)

    @property
    def op(self) -> NoReturn:
        """TensorFlow's graphs are not here.

        Raises:
            AttributeError: always.
        """
        raise AttributeError("`op` of a variable belongs to TensorFlow's graphs. Use the variable itself.")

    def ref(self) -> Reference:
        """Return what stands for the variable in sets and dicts."""
        return Reference(self)

    experimental_ref = ref

    # -- writing ---------------------------------------------------------------------------------------------------

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Set the values; returns the variable.

        Args:
            value: Tensor, array or number of the variable's shape.
            use_locking: Kept for TensorFlow's signature, as is ``name``.
            read_value: Whether to return the variable, rather than None.

        Raises:
            ValueError: the shape differs.
        """
        values = convert_to_tensor(unwrap(value), dtype=self.dtype.torch_dtype)
        own = tuple(_read(self).shape)
        if self._static_shape is not None and tuple(values.shape) != own:
            self._static_shape.assert_is_compatible_with(tuple(values.shape))
            self._put(0, values.detach().clone())
        elif tuple(values.shape) != own:
            raise ValueError(
                f"Cannot assign value to variable '{self.name}': Shape mismatch. The variable shape {own}, and the "
                f"assigned value shape {tuple(values.shape)} are incompatible. Make the variable with `shape=` where "
                "its size is to change."
            )
        elif RECORDING.depth and not self.is_parameter and torch.is_grad_enabled():
            self._put(0, values.detach().clone())  # what a tape has read stays as it was
        else:
            CoreVariable.assign(self, values.detach())
        return self if read_value else None

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add to the values; returns the variable. Arguments as of :meth:`assign`."""
        return self.assign(_read(self).detach() + self._given(delta), read_value=read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract from the values; returns the variable. Arguments as of :meth:`assign`."""
        return self.assign(_read(self).detach() - self._given(delta), read_value=read_value)

    def load(self, value: Any, session: Any = None) -> None:
        """Set the values."""
        self.assign(value)

    def assign_part(self, how: str, key: Any, value: Any, **kwargs: Any) -> Variable:
        """Set, add to or subtract from a part: what ``v[key].assign(value)`` does.

        Args:
            how: ``"set"``, ``"add"`` or ``"subtract"``.
            key: Ints, slices, ``...``.
            value: Values of the shape of the part, or that broadcast to it.
        """
        values = _read(self).detach().clone()
        part = select(values, unwrap_key(key))
        given = self._given(value)
        if how != "set":
            given = part + given if how == "add" else part - given
        values[place(unwrap_key(key))] = given.broadcast_to(part.shape)
        self.assign(values)
        return self

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Set the elements, or parts, at each of the index vectors on the last axis of ``indices``."""
        return self.assign_part("set", _as_index(indices), updates)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Add to elements or parts; at equal index vectors all updates count."""
        return self._accumulate(_as_index(indices), self._given(updates))

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtract from elements or parts; at equal index vectors all updates count."""
        return self._accumulate(_as_index(indices), -self._given(updates))

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Set rows: ``sparse_delta`` has their ``indices`` and ``values``."""
        return self.assign_part("set", _rows(sparse_delta), sparse_delta.values)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Add to rows: ``sparse_delta`` has their ``indices`` and ``values``."""
        return self._accumulate((_rows(sparse_delta),), self._given(sparse_delta.values))

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtract from rows: ``sparse_delta`` has their ``indices`` and ``values``."""
        return self._accumulate((_rows(sparse_delta),), -self._given(sparse_delta.values))

    def _accumulate(self, index: tuple[torch.Tensor, ...], values: torch.Tensor) -> Any:
        return self.assign(_read(self).detach().index_put(index, values, accumulate=True))

    def _given(self, value: Any) -> torch.Tensor:
        given: torch.Tensor = convert_to_tensor(unwrap(value), dtype=self.dtype.torch_dtype)
        return given.detach()

    # -- Python ----------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        part = wrap(_run(select, _read(self), unwrap_key(key)))
        if type(part) is Tensor:
            part.__dict__["_part"] = (self, key)  # for `v[0].assign(...)`
        return part

    def __iter__(self) -> Iterator[Any]:
        return iter(self.read_value())

    def __len__(self) -> int:
        return len(self.read_value())

    def __bool__(self) -> bool:
        return bool(self.read_value())

    def __float__(self) -> float:
        return float(_read(self).detach())

    def __repr__(self) -> str:
        if self.device.type == "meta":
            return f"<tf.Variable '{self._tensorflow_name}:0' shape={self.get_shape()} dtype={self.dtype.name}>"
        values = repr(self.numpy()) if self.ndim else str(self.numpy())
        separator = "\n" if "\n" in values else ""
        shape = self._static_shape if self._static_shape is not None else TensorShape(_read(self).shape)
        head = f"<tf.Variable '{self._tensorflow_name}:0' shape={shape} dtype={self.dtype.name}"
        return f"{head}, numpy={separator}{values}>"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __hash__(self) -> int:
        return id(self)

    def __iadd__(self, other: Any) -> NoReturn:
        raise RuntimeError(_IN_PLACE.format("+=", "assign_add", "+"))

    def __isub__(self, other: Any) -> NoReturn:
        raise RuntimeError(_IN_PLACE.format("-=", "assign_sub", "-"))

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise TypeError("A tf.Variable does not support item assignment. Use `v[i].assign(value)`.")


_NUMBERS = itertools.count()
_IN_PLACE = (
    "`variable {0} value` with a tf.Variable is not supported. Use `variable.{1}(value)` to change the variable, or "
    "`out = variable {2} value` for a new tensor."
)


def _read(variable: CoreVariable) -> torch.Tensor:
    """Return the torch tensor of the values, and note that the open tapes read it."""
    if RECORDING.tapes and variable.trainable:
        for tape in RECORDING.tapes:
            tape.read_variables.setdefault(id(variable), variable)  # type: ignore[attr-defined]
    return value_of(variable)


def _keyword(given: Any, default: str) -> str:
    """Return the word for an enumeration member of TensorFlow, a word, or None."""
    return default if given is None else str(getattr(given, "name", given)).lower()


def _as_index(indices: Any) -> tuple[torch.Tensor, ...]:
    return tuple(convert_to_tensor(unwrap(indices)).long().unbind(-1))


def _rows(sparse_delta: Any) -> torch.Tensor:
    rows: torch.Tensor = convert_to_tensor(unwrap(sparse_delta.indices))
    return rows.long()


def _run(function: Function, *args: Any) -> Any:
    """Return ``function(*args)``, recorded only where TensorFlow records."""
    if RECORDING.depth or not torch.is_grad_enabled():
        return function(*args)
    return unrecorded(function, args, {})


def _binary(function: Function, swapped: bool = False) -> Function:
    def operate(self: Any, other: Any) -> Any:
        if isinstance(other, KerasTensor):
            return function(other, self) if swapped else _reflected(function, self, other)
        x = _read(self)
        y = as_operand(other, x)
        return wrap(_run(function, y, x) if swapped else _run(function, x, y))

    return operate


def _reflected(function: Function, variable: Any, other: KerasTensor) -> Any:
    return function(wrap(value_of(variable)), other)


def _comparison(function: Function, with_none: bool) -> Function:
    def compare(self: Any, other: Any) -> Any:
        if other is None or isinstance(other, str):
            return with_none
        x = _read(self)
        return wrap(_run(function, x, as_operand(other, x)))

    return compare


def _unary(function: Function) -> Function:
    def operate(self: Any) -> Any:
        return wrap(_run(function, _read(self)))

    return operate


for _name, _function in BINARY.items():
    setattr(Variable, f"__{_name}__", _binary(_function))
    setattr(Variable, f"__r{_name}__", _binary(_function, swapped=True))
for _name, _function in COMPARISONS.items():
    setattr(Variable, f"__{_name}__", _binary(_function))
Variable.__eq__ = _comparison(equal, False)  # type: ignore[method-assign]
Variable.__ne__ = _comparison(unequal, True)  # type: ignore[method-assign]
for _name, _function in UNARY.items():
    setattr(Variable, f"__{_name}__", _unary(_function))


class IndexedSlices:
    """Rows of a tensor: ``values`` at ``indices`` of the first axis.

    Args:
        values: Rows.
        indices: Integers, one for each row.
        dense_shape: Shape of the whole tensor.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self.values = wrap(convert_to_tensor(unwrap(values)))
        self.indices = wrap(convert_to_tensor(unwrap(indices)))
        self.dense_shape = dense_shape

    dtype = property(lambda self: self.values.dtype, doc="The `DType`.")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if self.dense_shape is None:
            raise ValueError("IndexedSlices without `dense_shape` cannot become an array. Give the shape of the whole.")
        whole = torch.zeros(tuple(unwrap(self.dense_shape)), dtype=unwrap(self.values).dtype)
        return np.asarray(whole.index_add(0, unwrap(self.indices).long(), unwrap(self.values)), dtype=dtype)
