"""The weights of a layer as they are made: Keras variables over torch parameters and buffers."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, naming, regularizers
from torchkeras_compat.device import current_device, weights_device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.initial_values import made_on, may_wait
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.layers.layer.modes import SWITCHING
from torchkeras_compat.layers.layer.policy import Precision
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.naming import free_name
from torchkeras_compat.overrides import overridable
from torchkeras_compat.stateless_scope import open_scopes
from torchkeras_compat.unfilled_values import OPEN
from torchkeras_compat.variables import Variable


class Weights(Precision):
    """The part of `Layer` that makes weights."""

    @overridable
    def add_weight(
        self,
        *args: Any,
        shape: Sequence[int] | int | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Make a weight: a torch parameter if trainable, else a buffer.

        Args:
            args: ``shape``, ``initializer`` and ``dtype`` may be given by position.
            shape: Shape; None for a scalar.
            initializer: Name, callable or `Initializer`; None for Glorot uniform (floats) or zeros.
            dtype: Dtype; None for that of the policy's variables.
            trainable: Whether gradients are computed for it.
            autocast: Kept for Keras's signature; mixed precision is torch's autocast.
            regularizer: Name or callable whose result is added to the loss.
            constraint: Name or callable applied after each update.
            aggregation: How replicas combine it.
            overwrite_with_gradient: Whether the optimizer sets it to its gradient.
            name: Name of the weight.

        Returns:
            The variable; keep it in an attribute.

        Raises:
            ValueError: an argument comes twice, a name comes by position, or the layer is built and being called.
            TypeError: there are more than three arguments by position.
        """
        if args:
            given = {"shape": shape, "initializer": initializer, "dtype": dtype}
            shape, initializer, dtype = _by_position(args, given)
        if self.built and STATE.depth and not self._build_state.is_under_way:
            raise ValueError(
                f"Layer '{self.name}' is built and being called, so you cannot add new elements of state to it. Make"
                " weights in `__init__` or in `build`."
            )
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        dtype = standardize_dtype(dtype) if dtype is not None else self.variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if to_torch_dtype(dtype).is_floating_point else "zeros"
        is_open = naming.open_names[-1:] == [self.name]  # by `build` or a call; not in `__init__`
        with weights_device(), contextlib.nullcontext() if is_open else naming.name_scope(self.name):
            variable = Variable(
                initializers.get(initializer),
                shape,
                dtype,
                trainable,
                autocast,
                aggregation,
                name=name,
            )
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._register_variable(variable)
        return variable

    def add_variable(
        self,
        shape: Sequence[int] | int | None,
        initializer: Any,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a weight: :meth:`add_weight` with all arguments by position.

        Args:
            shape: Shape; None for a scalar.
            initializer: Name, callable or `Initializer`; None for Glorot uniform (floats) or zeros.
            dtype: Dtype; None for that of the policy's variables.
            trainable: Whether gradients are computed for it.
            autocast: Kept for Keras's signature; mixed precision is torch's autocast.
            regularizer: Name or callable whose result is added to the loss.
            constraint: Name or callable applied after each update.
            name: Name of the weight.

        Returns:
            The variable; keep it in an attribute.

        Raises:
            ValueError: the layer is built and being called.

        Example:
            >>> from torchkeras_compat import layers
            >>> layer = layers.Layer()
            >>> layer.scale = layer.add_variable((3,), "ones", name="scale")
            >>> layer.scale.numpy().tolist()
            [1.0, 1.0, 1.0]
        """
        return self.add_weight(
            shape=shape,
            initializer=initializer,
            dtype=dtype,
            trainable=trainable,
            autocast=autocast,
            regularizer=regularizer,
            constraint=constraint,
            name=name,
        )

    def _register_variable(self, variable: Variable, key: str | None = None) -> None:
        """Register a variable with its torch tensor as one of this layer's."""
        if id(variable) in map(id, self._variables):
            if key is not None and variable._stores[0][0] is self._parameters and variable._keys[0] != key:
                variable.rename_key(key)
            return
        self._variables.append(variable)
        STRUCTURE.changed()
        if not any(variable._stores[0][0] is m._parameters for m in self.modules()):  # not held by a module yet
            stem = (key or variable.name).replace(".", "_")
            variable.attach(self, free_name(stem, self._parameters, self._buffers, self._modules))
        if not self._trainable and variable._trainable:
            variable.trainable = False

    def _make_torch_module(self, name: str, kind: type[nn.Module], *args: Any, **kwargs: Any) -> nn.Module:
        """Make the torch module that this layer computes through, weights not initialised, as attribute ``name``.

        Its weights are listed only where :meth:`_add_weight_view` gives them a Keras name.
        """
        module = kind(*args, **kwargs, device="meta", dtype=to_torch_dtype(self.variable_dtype))
        with weights_device():
            _allocate(module)
        module.training = self.training
        SWITCHING.modules_made += 1
        self._torch_module_names.add(name)
        self.add_module(name, module)
        return module

    def _keep_torch_module(self, name: str, module: nn.Module) -> nn.Module:
        """Keep a torch module without weights, through which this layer computes, as attribute ``name``."""
        module.training = self.training
        SWITCHING.modules_made += 1
        self._torch_module_names.add(name)
        self.add_module(name, module)
        return module

    def _add_weight_view(
        self,
        name: str,
        places: Sequence[tuple[nn.Module, str]],
        initializer: Any,
        layout: Layout = IDENTITY,
        regularizer: Any = None,
        constraint: Any = None,
        trainable: bool = True,
    ) -> Variable:
        """Return the variable over tensors of a held module, initialised in Keras's layout.

        Without ``initializer`` it keeps the values that it has.
        """
        variable = Variable.view(places, layout, name, trainable)
        variable._path = f"{self.path}/{name}"
        if initializer is not None:
            with weights_device(), torch.no_grad():
                initializer = initializers.get(initializer)
                if not OPEN or not _put_off(variable, initializer):
                    variable.assign(initializer(variable.shape, dtype=variable.dtype))
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        self._variables.append(variable)
        STRUCTURE.changed()
        if not self._trainable and trainable:
            variable.trainable = False
        return variable

    def _move_weight_views(self, name: str, old: nn.Module, new: nn.Module) -> None:
        """Let the variables over a held torch module be over another, which takes its place.

        Raises:
            ValueError: the other lacks a tensor, or has one of another shape.
        """
        if any(part is old for part in new.modules()):
            return  # an adapter around it
        places = [(v, i, key) for v in self._variables for i, key in enumerate(v._keys) if v._modules[i] is old]
        for v, i, key in places:
            tensor = {**new._parameters, **new._buffers}.get(key)
            own = v._tensor_at(i)
            if tensor is None or (tensor.shape, tensor.dtype) != (own.shape, own.dtype):
                raise ValueError(
                    f"Layer '{self.name}' shows tensors of the torch module `{name}` as its weights, and the new"
                    f" {type(new).__name__} does not have '{key}' of shape {tuple(own.shape)} and {own.dtype}. Give it"
                    " one that has, or replace the whole layer in its model."
                )
        for v, i, _ in places:
            v._stores[i], v._modules[i] = (new._parameters, new._buffers), new
            STRUCTURE.changed()
            v.trainable = v._trainable


def _put_off(variable: Variable, initializer: Any) -> bool:
    """Whether a file that is being read may fill the weight, so that it is not initialised yet."""
    shape, dtype, layout = variable.shape, variable.dtype, variable.layout
    unfilled = None if open_scopes or variable._is_computed() else may_wait(initializer, shape, dtype)
    values = functools.partial(made_on, variable.device, initializer, shape, dtype)
    return unfilled is not None and unfilled.put_off(variable.parameters, lambda: layout.to_torch(values()))


def _by_position(args: tuple[Any, ...], given: dict[str, Any]) -> list[Any]:
    """Return shape, initializer and dtype of `add_weight`, some of which came by position."""
    if isinstance(args[0], str):
        raise ValueError(
            f"The first argument of `add_weight` is the shape. Received the string {args[0]!r}. If it is the name, pass"
            f" it as a keyword argument: `add_weight(name={args[0]!r}, shape=...)`."
        )
    if len(args) > len(given):
        raise TypeError(
            f"`add_weight` takes at most {len(given)} positional arguments: {list(given)}. Received: {args}"
        )
    for name, value in zip(given, args, strict=False):
        if given[name] is not None:
            raise ValueError(f"Argument `{name}` was passed both positionally and as a keyword argument.")
        given[name] = value
    return list(given.values())


def _allocate(module: nn.Module) -> None:
    """Give a module made on the meta device memory on the current one.

    ``Module.to_empty`` does this too, but neither for fake tensors nor without looking at each tensor's users.
    """
    device = current_device()
    for part in module.modules():
        for store in (part._parameters, part._buffers):
            for key, tensor in list(store.items()):
                if tensor is not None:
                    # `empty_like` of a meta tensor imports sympy (0.5 s, 60 MB).
                    empty = torch.empty(tensor.shape, dtype=tensor.dtype, device=device)
                    setattr(part, key, nn.Parameter(empty) if isinstance(tensor, nn.Parameter) else empty)
