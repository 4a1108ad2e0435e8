"""The weights of a layer: made, found and listed in Keras's order, held as torch parameters and buffers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.device import current_device, weights_device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.layers.layer.call import STATE
from torchkeras_compat.layers.layer.modes import SWITCHING
from torchkeras_compat.layers.layer.structure import STRUCTURE, Walk, ids_of, walked
from torchkeras_compat.variables import IDENTITY, Layout, Variable


class WeightsMixin:
    """The part of `Layer` that makes and lists weights."""

    if TYPE_CHECKING:
        # The attributes of the layer that this is a part of.
        def __getattr__(self, name: str) -> Any: ...

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
        if self.built and STATE.depth and not self.__dict__.get("_is_building"):
            raise ValueError(
                f"Layer '{self.name}' is built and being called, so you cannot add new elements of state to it. Make"
                " weights in `__init__` or in `build`."
            )
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        dtype = standardize_dtype(dtype) if dtype is not None else self.variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if to_torch_dtype(dtype).is_floating_point else "zeros"
        with weights_device():
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
        if any(v is variable for v in self._variables):
            if key is not None and variable._stores[0][0] is self._parameters and variable._keys[0] != key:
                variable.rename_key(key)
            return
        self._variables.append(variable)
        STRUCTURE.changed()
        if not any(variable._stores[0][0] is m._parameters for m in self.modules()):  # not held by a module yet
            variable.attach(self._as_module(), self._free_key(key or variable.name))
        if not self._trainable and variable._trainable:
            variable.trainable = False

    def _as_module(self) -> nn.Module:
        return self  # type: ignore[return-value]

    def _free_key(self, name: str) -> str:
        key, n = name.replace(".", "_"), 1
        while key in self._parameters or key in self._buffers or key in self._modules:
            key = f"{name}_{n}"
            n += 1
        return key

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
                variable.assign(initializers.get(initializer)(variable.shape, dtype=variable.dtype))
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

    def _own_variables(self) -> list[Variable]:
        """The variables of this layer alone: trainable ones first."""
        own = [v for v in self._variables if v.is_parameter] + [v for v in self._variables if not v.is_parameter]
        covered = {(id(stores[0]), key) for v in own for stores, key in zip(v._stores, v._keys, strict=True)}
        for name, parameter in self._parameters.items():
            if parameter is not None and (id(self._parameters), name) not in covered:
                own.append(self._foreign_variable(self._as_module(), name, parameter, self.path))
        return own

    def _foreign_variable(self, module: nn.Module, key: str, tensor: torch.Tensor, path: str) -> Variable:
        """The variable over a parameter or buffer of a torch module that is no layer."""
        cache = self.__dict__.setdefault("_foreign", {})
        if (id(module), key) not in cache:
            variable = Variable.view([(module, key)], name=key, trainable=tensor.requires_grad)
            variable._path = f"{path}/{key}"
            cache[id(module), key] = variable
        return cache[id(module), key]

    def _all_variables(self, seeds: bool) -> list[Variable]:
        return walked(self, "variables" if seeds else "weights", lambda walk: self._find_variables(walk, seeds))

    def _find_variables(self, walk: Walk, seeds: bool) -> list[Variable]:
        found: dict[int, Variable] = {}
        self._collect(found, walk, seeds, is_root=True)
        return list(found.values())

    def _collect(self, found: dict[int, Variable], walk: Walk, seeds: bool, is_root: bool = False) -> None:
        """Find the variables of this layer and of those below, each once."""
        self._note_own(walk, is_root)
        for v in self._own_variables():
            found.setdefault(id(v), v)
        if seeds:
            walk.pass_attributes(self._as_module(), is_root)
            for generator in self._find_seed_generators(walk):
                v = _state_of(generator)
                found.setdefault(id(v), v)
        for name, child in self._named_children():
            if isinstance(child, WeightsMixin):
                child._collect(found, walk, seeds)
            else:
                for v in self._foreign_below(child, f"{self.path}/{name}", walk, seeds):
                    found.setdefault(id(v), v)

    def _note_own(self, walk: Walk, is_root: bool) -> None:
        """Note what :meth:`_own_variables` depends on: the variables, and which of their tensors are parameters."""
        module, variables = self._as_module(), self._variables
        walk.children_of(module, is_root)
        walk.pass_tensors(module, "_parameters", "_buffers", is_root=is_root)
        walk.containers.append((variables, ids_of(variables), list(variables)))
        noted = {id(module)}
        for v in variables:
            for part, (parameters, _) in zip(v._modules, v._stores, strict=True):
                if part is None:
                    walk.containers.append((parameters.values(), ids_of(parameters.values()), None))
                elif id(part) not in noted:
                    noted.add(id(part))
                    walk.pass_tensors(part, "_parameters", "_buffers")

    def _variables_below(self, module: nn.Module, path: str) -> list[Variable]:
        """The weights of a child: those of a layer, or variables over the tensors of a torch module."""
        if isinstance(module, WeightsMixin):
            return module._all_variables(seeds=False)
        return self._foreign_below(module, path, Walk(), False)

    def _foreign_below(self, module: nn.Module, path: str, walk: Walk, seeds: bool) -> list[Variable]:
        """Find the variables over the tensors of a torch module, and those of layers in it."""
        walk.children_of(module)
        walk.pass_tensors(module, "_parameters", "_buffers")
        tensors = [*module._parameters.items(), *module._buffers.items()]
        found = [self._foreign_variable(module, key, t, path) for key, t in tensors if t is not None]
        for name, child in module._modules.items():
            if isinstance(child, WeightsMixin):
                below: dict[int, Variable] = {}
                child._collect(below, walk, seeds)
                found.extend(below.values())
            elif child is not None:
                found.extend(self._foreign_below(child, f"{path}/{name}", walk, seeds))
        return found

    @property
    def weights(self) -> list[Variable]:
        """All weights: this layer's trainable ones, its others, then those of the layers below."""
        return self._all_variables(seeds=False)

    @property
    def variables(self) -> list[Variable]:
        """All weights, and the states of seed generators; those of metrics are in ``metrics_variables``."""
        return self._all_variables(seeds=True)

    @property
    def torch_params(self) -> dict[str, torch.Tensor]:
        """The torch tensors of all weights and seed states, by path, as Keras on torch lists them."""
        found: dict[str, torch.Tensor] = {}
        for v in self._all_variables(seeds=True):
            key, n = v.path, 1
            while key in found:
                key, n = f"{v.path}_{n}", n + 1
            found[key] = v.parameter if len(v.parameters) == 1 else v.value
        return found

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes; none in a frozen layer."""
        return self.trainable_weights  # seeds and metrics are never trained

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training leaves alone."""
        return [v for v in self.variables if not v._trainable] if self.trainable else self.variables

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes; none in a frozen layer."""
        return [v for v in self.weights if v._trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone: moving statistics, frozen ones."""
        return [v for v in self.weights if not v._trainable] if self.trainable else self.weights

    def get_weights(self) -> list[np.ndarray]:
        """Return the values of all weights as NumPy arrays in Keras's layout; waits for the device."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of all weights, in the order of ``weights``; nothing is changed unless all fit.

        Raises:
            ValueError: their number or a shape differs.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length {len(weights)},"
                f" but the layer was expecting {len(own)} weights."
                + ("" if self.built else " The layer is not built: call it on data, or `build(input_shape)`, first.")
            )
        for variable, value in zip(own, weights, strict=True):
            shape = tuple(value.shape) if hasattr(value, "shape") else np.shape(value)
            if tuple(shape) != variable.shape:
                raise ValueError(
                    f"Layer {self.name} weight shape {variable.shape} of '{variable.path}' is not compatible with"
                    f" provided weight shape {tuple(shape)}."
                )
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """Return the number of values in all weights.

        Raises:
            NotBuiltError: the layer has not been built.
        """
        if not self.built:
            raise NotBuiltError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built. You can build it "
                "manually via: `layer.build(input_shape)`."
            )
        return sum(math.prod(v.shape) for v in self.weights)

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; setting it reaches every layer below."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = bool(value)
        self.__dict__["_trainable"] = value
        for v in self._variables:
            if v.is_parameter:
                v.trainable = value
        for parameter in self._parameters.values():
            if parameter is not None and parameter.is_floating_point():
                parameter.requires_grad_(value)
                parameter.grad = parameter.grad if value else None
        for child in self._children():
            if isinstance(child, WeightsMixin):
                child.trainable = value
            else:
                child.requires_grad_(value)
                if not value:
                    child.zero_grad()
                Variable.trainable_changes += 1


def _by_position(args: tuple, given: dict[str, Any]) -> list[Any]:
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


def _state_of(generator: Any) -> Variable:
    """The variable over the state of a seed generator, which stays on the CPU."""
    if "_variable" not in generator.__dict__:
        variable = Variable(0, trainable=False, dtype="int64", name="seed_generator_state")
        variable._path = f"{generator.name}/{variable.name}"
        variable._stores = [({}, {"value": generator.state})]
        generator._variable = variable
    return generator._variable
