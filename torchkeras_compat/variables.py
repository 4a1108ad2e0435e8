"""Keras's view of a torch parameter or buffer: name, path, layout, `assign`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat.distribution.tensor_layout import TensorLayout
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.initial_values import initial_value
from torchkeras_compat.layouts import IDENTITY, Concatenated, Layout
from torchkeras_compat.naming import auto_name, current_path
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.overrides import OVERRIDES
from torchkeras_compat.reparametrization import computed, originals, set_computed
from torchkeras_compat.stateless_scope import open_scopes, value_in_scopes
from torchkeras_compat.variable_base import VariableBase

Tensors = dict[str, Any]  # parameters or buffers of a torch module: dicts of tensors, of types that differ
Penalty = Callable[[torch.Tensor], torch.Tensor]
Projection = Callable[[torch.Tensor], torch.Tensor]


class Variable(VariableBase):
    """A weight as Keras sees it, over the torch tensor that holds its values.

    Layers register the torch tensor (``parameter``) as an ordinary parameter or buffer; a ``Variable`` adds Keras's
    name, layout and ``assign``. It is not a tensor itself: torch functions and operators use ``value``.

    Args:
        initializer: Initializer, name, config or class of one, or callable ``(shape, dtype=...)``; or a tensor, array
            or number with the values.
        shape: Shape, for an initializer; values are broadcast to it.
        dtype: Dtype; None for that of the given values, or ``floatx``.
        trainable: Whether gradients are computed for it.
        autocast: Kept for Keras's signature; mixed precision is torch's autocast.
        aggregation: ``"none"``, ``"mean"``, ``"sum"`` or ``"only_first_replica"``: how replicas combine it.
        synchronization: Kept for Keras's signature: ``"auto"``, ``"none"``, ``"on_read"``, ``"on_write"``.
        name: Name without ``/``; unique by default.
        layout: `distribution.TensorLayout` attached to it, as ``tensor_layout``; or None.

    Raises:
        TypeError: ``layout`` is not a `TensorLayout`.
        ValueError: the name holds ``/`` or is not a string, no initializer has this name, one comes without shape,
            values do not fit the shape, ``aggregation`` or ``synchronization`` is unknown, or ``layout`` has another
            number of axes.

    Example:
        >>> v = Variable([1.0, 2.0], name="scale")
        >>> v.assign_add([1.0, 1.0]); v.numpy()
        tensor([2., 3.])
        array([2., 3.], dtype=float32)
    """

    trainable_changes = 0
    """How often anything was frozen or unfrozen: who keeps a list of what is trainable compares the number."""
    _tensor_layout: TensorLayout | None = None

    def __init__(
        self,
        initializer: Any,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
        layout: TensorLayout | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"Unknown arguments of Variable: {sorted(kwargs)}")
        self._describe(name, trainable, aggregation, synchronization)
        self.autocast = bool(autocast)
        value = initial_value(initializer, shape, dtype)
        self._bind([({}, {})], ["value"], IDENTITY)
        self._put(0, value)
        if layout is not None:
            self.tensor_layout = layout

    @classmethod
    def view(
        cls,
        places: Sequence[tuple[nn.Module, str]],
        layout: Layout = IDENTITY,
        name: str | None = None,
        trainable: bool = True,
    ) -> Variable:
        """Return the variable over existing tensors of torch modules.

        Args:
            places: Modules and the names of their parameters or buffers.
            layout: How their values correspond to Keras's array.
            name: Keras's name.
            trainable: Whether gradients are computed for it.
        """
        self = cls.__new__(cls)
        self._describe(name, trainable, "none", "auto")
        self.autocast = True
        self._bind([(m._parameters, m._buffers) for m, _ in places], [key for _, key in places], layout)
        self._modules = [m for m, _ in places]
        for tensor in self.parameters:
            if isinstance(tensor, nn.Parameter):
                tensor.requires_grad_(trainable and _differentiable(tensor))
        return self

    @classmethod
    def over(
        cls,
        stores: list[tuple[Tensors, Tensors]],
        keys: list[str],
        layout: Layout = IDENTITY,
        name: str | None = None,
        trainable: bool = True,
        aggregation: str | None = "none",
    ) -> Variable:
        """Return the variable over tensors that lie in dicts, such as the state of an optimizer.

        Args:
            stores: For each tensor, the dict where it is a parameter and the one where it is a buffer.
            keys: For each tensor, its key there.
            layout: How their values correspond to Keras's array.
            name: Keras's name.
            trainable: Whether gradients are computed for it.
            aggregation: How replicas combine it.
        """
        self = cls.__new__(cls)
        self._describe(name, trainable, aggregation, "auto")
        self.autocast = False
        self._bind(stores, keys, layout)
        return self

    def _describe(
        self, name: str | None, trainable: bool, aggregation: str | None, synchronization: str | None
    ) -> None:
        name = name or auto_name("variable")
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}"
            )
        if aggregation not in (None, "none", "mean", "sum", "only_first_replica"):
            raise ValueError(
                f"Invalid `aggregation`: {aggregation!r}. Use 'none', 'mean', 'sum' or 'only_first_replica'."
            )
        if synchronization not in (None, "none", "on_read", "on_write", "auto"):
            raise ValueError(
                f"Invalid `synchronization`: {synchronization!r}. Use 'auto', 'none', 'on_read' or 'on_write'."
            )
        parent = current_path()
        self._name = name
        self._path = f"{parent}/{name}" if parent else name
        self._trainable = bool(trainable)
        self.aggregation = aggregation
        self.synchronization = synchronization
        self.overwrite_with_gradient = False
        self._regularizer: Penalty | None = None
        self._constraint: Projection | None = None

    def _bind(self, stores: list[tuple[Tensors, Tensors]], keys: list[str], layout: Layout) -> None:
        self._stores = stores
        self._keys = keys
        self._layout = layout
        self._modules: list[nn.Module | None] = [None] * len(keys)

    def attach(self, module: nn.Module, key: str) -> None:
        """Move the tensor into a module, as its parameter ``key`` (or buffer, if not trainable)."""
        if self._is_computed():
            raise ValueError(
                f"Variable '{self.path}' is computed by a parametrization or by pruning, so that it cannot move into"
                " another torch module. Make it permanent first: `torch.nn.utils.parametrize.remove_parametrizations`,"
                " `torch.nn.utils.prune.remove`."
            )
        tensor = self._store(0).pop(self._keys[0])
        self._bind([(module._parameters, module._buffers)], [key], self._layout)
        self._modules = [module]
        (module._parameters if isinstance(tensor, nn.Parameter) else module._buffers)[key] = tensor

    def detach_from_module(self) -> None:
        """Take the tensor out of the module it was attached to."""
        tensor = self._store(0).pop(self._keys[0])
        self._bind([({}, {})], ["value"], self._layout)
        self._put(0, tensor)

    def rename_key(self, key: str) -> None:
        """Change the name under which the module knows the tensor."""
        store = self._store(0)
        store[key] = store.pop(self._keys[0])
        self._keys[0] = key

    def _store(self, i: int) -> Tensors:
        parameters, buffers = self._stores[i]
        return parameters if self._keys[i] in parameters else buffers

    def _put(self, i: int, tensor: torch.Tensor) -> None:
        key = self._keys[i]
        parameters, buffers = self._stores[i]
        parameters.pop(key, None)
        buffers.pop(key, None)
        if self._trainable and _differentiable(tensor):
            parameters[key] = tensor if isinstance(tensor, nn.Parameter) else nn.Parameter(tensor.detach())
        else:
            buffers[key] = tensor.detach()

    def _is_computed(self) -> bool:
        """Whether torch computes the values from other tensors: a parametrization, or pruning."""
        return any(key not in self._store(i) for i, key in enumerate(self._keys))

    @property
    def parameters(self) -> tuple[torch.Tensor, ...]:
        """The torch tensors that hold the values, in torch's layout; those behind a parametrization or pruning."""
        found = self._stored()
        if found is not None:
            return found
        return tuple(t for i in range(len(self._keys)) for t in self._held(i))

    def _held(self, i: int) -> list[torch.Tensor]:
        key = self._keys[i]
        return [self._store(i)[key]] if key in self._store(i) else originals(self._modules[i], key)

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """What torch computes with, in its layout: ``parameters``, or what a parametrization makes of them."""
        found = self._stored()
        return found if found is not None else tuple(self._tensor_at(i) for i in range(len(self._keys)))

    def _stored(self) -> tuple[torch.Tensor, ...] | None:
        """The tensors that lie where the variable looks for them; None if one is computed from others."""
        found = []
        for (parameters, buffers), key in zip(self._stores, self._keys, strict=True):
            if key in parameters:
                found.append(parameters[key])
            elif key in buffers:
                found.append(buffers[key])
            else:
                return None
        return tuple(found)

    def _tensor_at(self, i: int) -> torch.Tensor:
        key = self._keys[i]
        return self._store(i)[key] if key in self._store(i) else computed(self._modules[i], key)

    @property
    def layout(self) -> Layout:
        """How ``parameters`` and Keras's array correspond."""
        if not self._is_computed():
            return self._layout
        # Slots of optimizers follow the tensors that are trained, which may have other shapes than the weight.
        held, made = self.parameters, self.tensors
        same = len(held) == len(made) and all(a.shape == b.shape for a, b in zip(held, made, strict=True))
        return self._layout if same else Concatenated([t.shape for t in held])

    @property
    def is_parameter(self) -> bool:
        """Whether the values lie in torch parameters, frozen or not, rather than in buffers."""
        return isinstance(self.parameters[0], nn.Parameter)

    @property
    def parameter(self) -> torch.Tensor:
        """The one torch tensor that holds the values, in torch's layout.

        Raises:
            ValueError: the weight is made of several torch tensors; see ``parameters``.
        """
        parameters = self.parameters
        if len(parameters) != 1:
            raise ValueError(f"Variable '{self.path}' is made of {len(parameters)} torch tensors. Use `.parameters`.")
        return parameters[0]

    @property
    def value(self) -> torch.Tensor:
        """The values in Keras's layout: a view of the torch parameter, part of autograd."""
        if open_scopes:
            kept_apart = value_in_scopes(self)
            if kept_apart is not None:
                return kept_apart
        if self._layout is IDENTITY:
            try:
                value: torch.Tensor = self._store(0)[self._keys[0]]
            except KeyError:
                value = self.tensors[0]
            return value
        tensors = self.tensors
        value = self._layout.to_keras(*tensors)
        if all(t.is_leaf and t.grad is not None for t in tensors):
            value.grad = self._layout.to_keras(*[t.grad for t in tensors if t.grad is not None])
        return value

    def to_keras_layout(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor in the layout of ``parameter`` (a gradient, a moment) in Keras's layout."""
        return self.layout.to_keras(tensor)

    def to_torch_layout(self, tensor: torch.Tensor) -> Any:
        """Return a tensor in Keras's layout in that of ``parameter``; a tuple if there are several ``parameters``."""
        tensors = self.layout.to_torch(tensor)
        return tensors[0] if len(tensors) == 1 else tensors

    def assign(self, value: Any) -> torch.Tensor:
        """Set the values, in place.

        Args:
            value: Tensor, array or number of the variable's shape.

        Raises:
            ValueError: the shape differs, or the values come from a parametrization without ``right_inverse``.
        """
        values: torch.Tensor = convert_to_tensor(value, dtype=self.dtype)
        if tuple(values.shape) != self.shape:
            raise ValueError(
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must"
                f" match. variable.shape={self.shape}, Received: value.shape={tuple(values.shape)}. Target variable:"
                f" {self.path}"
            )
        if open_scopes:
            open_scopes[-1].add_update((self, values))
            return values
        with torch.no_grad():
            self._write(values)
        return values

    def _write(self, value: torch.Tensor) -> None:
        """Set the values to a tensor of the right shape; the caller has turned gradients off, and no scope is open."""
        for i, source in enumerate(self._layout.to_torch(value)):
            target = self._store(i).get(self._keys[i])
            if target is None:
                set_computed(self._modules[i], self._keys[i], source)
            else:
                target.copy_(source)

    def assign_add(self, value: Any) -> torch.Tensor:
        """Add to the values, in place."""
        return self.assign(self.value.detach() + convert_to_tensor(value, dtype=self.dtype))

    def assign_sub(self, value: Any) -> torch.Tensor:
        """Subtract from the values, in place."""
        return self.assign(self.value.detach() - convert_to_tensor(value, dtype=self.dtype))

    def numpy(self) -> np.ndarray:
        """Return a copy of the values as a NumPy array in Keras's layout; waits for the device."""
        array = convert_to_numpy(self.value)
        return array.copy() if self.device.type == "cpu" else array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape in Keras's layout."""
        tensors = self.tensors
        value = tensors[0] if self._layout is IDENTITY else self._layout.to_keras(*[t.detach() for t in tensors])
        if OVERRIDES.tensors is None or OVERRIDES.dialect is None:
            return tuple(value.shape)
        shape: tuple[int, ...] = OVERRIDES.tensors.shape_of_variable(value)
        return shape

    @property
    def dtype(self) -> str:
        """Keras's name of the dtype."""
        return standardize_dtype(self.parameters[0].dtype)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def device(self) -> torch.device:
        """Device of the torch tensor."""
        return self.parameters[0].device

    name = property(lambda self: self._name, doc="Name without the path.")

    @property
    def path(self) -> str:
        """Name with the name scopes in which the variable was made: ``"sequential/dense/kernel"``."""
        return self._path

    @property
    def trainable(self) -> bool:
        """Whether gradients are computed for it: ``requires_grad`` of the parameter, which setting it sets."""
        found = [t for i, key in enumerate(self._keys) if key not in self._stores[i][1] for t in self._held(i)]
        # What stands in for parameters during a functional call says nothing.
        found = [t for t in found if isinstance(t, nn.Parameter)]
        said = any(t.requires_grad for t in found) if found else self._trainable
        if said is not self._trainable:  # by torch's `requires_grad_`
            self.trainable = said
        return said

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        Variable.trainable_changes += 1
        for i, tensor in enumerate(self.parameters):
            if self._trainable and not isinstance(tensor, nn.Parameter) and not self._is_computed():
                self._put(i, tensor)
            elif isinstance(tensor, nn.Parameter):
                tensor.requires_grad_(self._trainable)
                if not self._trainable:
                    tensor.grad = None  # an optimizer would follow it at every step

    @property
    def regularizer(self) -> Penalty | None:
        """Function of the values whose result is added to the loss."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Penalty | None) -> None:
        self._regularizer = _callable_or_none("regularizer", value)

    @property
    def constraint(self) -> Projection | None:
        """Function applied to the values after each update."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Projection | None) -> None:
        self._constraint = _callable_or_none("constraint", value)

    @classmethod
    def __torch_function__(cls, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*_plain(args), **{k: _plain(v) for k, v in (kwargs or {}).items()})

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __getitem__(self, key: Any) -> torch.Tensor:
        return self.value[key]

    def __len__(self) -> int:
        return len(self.value)

    def __float__(self) -> float:
        return float(self.value.detach())

    def __int__(self) -> int:
        return int(self.value.detach())

    def __index__(self) -> int:
        return int(self.value.detach())

    def __bool__(self) -> bool:
        raise TypeError(f"A Variable cannot be used as a bool: '{self.path}'. Use its `.value`.")

    def __hash__(self) -> int:
        return id(self)

    @property
    def tensor_layout(self) -> TensorLayout | None:
        """The `distribution.TensorLayout` attached to it, which a distribution prefers to its own choice; or None.

        Raises:
            TypeError: what is assigned is not a `TensorLayout`.
            ValueError: it has another number of axes, or does not split them evenly.
        """
        return self._tensor_layout

    @tensor_layout.setter
    def tensor_layout(self, layout: TensorLayout | None) -> None:
        if layout is not None:
            if not isinstance(layout, TensorLayout):
                raise TypeError(f"`layout` must be a distribution.TensorLayout or None. Received: {layout!r}")
            layout.check_shape(self.shape, f"variable '{self.path}'")
        self._tensor_layout = layout

    def __repr__(self) -> str:
        values = "" if self.device.type == "meta" else f", value={self.numpy()}"
        layout = "" if self._tensor_layout is None else f", layout={self._tensor_layout.axes}"
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}{layout}{values}>"


def _differentiable(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _callable_or_none(what: str, value: Any) -> Any:
    if value is not None and not callable(value):
        raise ValueError(f"Invalid value for attribute `{what}`. Expected a callable or None. Received: {value!r}")
    return value


def _plain(x: Any) -> Any:
    if isinstance(x, Variable):
        return x.value
    if isinstance(x, (list, tuple)):
        return type(x)(map(_plain, x))
    return x


def _forward_operator(name: str) -> Callable[..., Any]:
    def method(self: Variable, *args: Any) -> Any:
        if OVERRIDES.tensors is not None and OVERRIDES.dialect is not None and OVERRIDES.tensors.takes_variables():
            return getattr(OVERRIDES.tensors.of_variable(self), name)(*_plain(args))
        return getattr(self.value, name)(*_plain(args))

    method.__name__ = name
    return method


for _name in (
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod pow rpow matmul rmatmul neg abs invert "
    "lt le gt ge eq ne and or xor"
).split():
    setattr(Variable, f"__{_name}__", _forward_operator(f"__{_name}__"))
