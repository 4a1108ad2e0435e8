"""The weights of a layer and of everything below it, listed in Keras's order; their values, and whether they train."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeGuard

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.layers.layer.attributes import Attributes
from torchkeras_compat.layers.layer.structure import Walk, ids_of, walked
from torchkeras_compat.naming import free_name
from torchkeras_compat.overrides import overridable
from torchkeras_compat.stateless_scope import open_scopes
from torchkeras_compat.variables import Variable


class WeightLists(Attributes):
    """The part of `Layer` that lists weights."""

    def _own_variables(self) -> list[Variable]:
        """The variables of this layer alone: trainable ones first."""
        own = [v for v in self._variables if v.is_parameter] + [v for v in self._variables if not v.is_parameter]
        covered = {(id(stores[0]), key) for v in own for stores, key in zip(v._stores, v._keys, strict=True)}
        for name, parameter in self._parameters.items():
            if _is_there(parameter) and (id(self._parameters), name) not in covered:
                own.append(self._foreign_variable(self, name, parameter, self.path))
        return own

    def _foreign_variable(self, module: nn.Module, key: str, tensor: torch.Tensor, path: str) -> Variable:
        """The variable over a parameter or buffer of a torch module that is not a layer."""
        known = self._module_variables
        if known is None:
            known = self.__dict__["_module_variables"] = {}
        if (id(module), key) not in known:
            variable = Variable.view([(module, key)], name=key, trainable=tensor.requires_grad)
            variable._path = f"{path}/{key}"
            known[id(module), key] = variable
        return known[id(module), key]

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
            walk.pass_attributes(self, is_root)
            for generator in self._find_seed_generators(walk):
                v = _state_of(generator)
                found.setdefault(id(v), v)
        for name, child in self._named_children():
            if isinstance(child, WeightLists):
                child._collect(found, walk, seeds)
            else:
                for v in self._foreign_below(child, f"{self.path}/{name}", walk, seeds):
                    found.setdefault(id(v), v)

    def _note_own(self, walk: Walk, is_root: bool) -> None:
        """Note what :meth:`_own_variables` depends on: the variables, and which of their tensors are parameters."""
        variables = self._variables
        walk.children_of(self, is_root)
        walk.pass_tensors(self, "_parameters", "_buffers", is_root=is_root)
        walk.containers.append((variables, ids_of(variables), list(variables)))
        noted = {id(self)}
        for v in variables:
            for part, (parameters, _) in zip(v._modules, v._stores, strict=True):
                if part is None:
                    walk.containers.append((parameters.values(), ids_of(parameters.values()), None))
                elif id(part) not in noted:
                    noted.add(id(part))
                    walk.pass_tensors(part, "_parameters", "_buffers")

    def _variables_below(self, module: nn.Module, path: str) -> list[Variable]:
        """The weights of a child: those of a layer, or variables over the tensors of a torch module."""
        if isinstance(module, WeightLists):
            return module._all_variables(seeds=False)
        return self._foreign_below(module, path, Walk(), False)

    def _foreign_below(self, module: nn.Module, path: str, walk: Walk, seeds: bool) -> list[Variable]:
        """Find the variables over the tensors of a torch module, and those of layers in it."""
        walk.children_of(module)
        walk.pass_tensors(module, "_parameters", "_buffers")
        tensors = [*module._parameters.items(), *module._buffers.items()]
        found = [self._foreign_variable(module, key, t, path) for key, t in tensors if _is_there(t)]
        if len(found) < len(tensors) and any(t is not None and is_lazy(t) for _, t in tensors):
            walk.is_kept = False  # a lazy module makes its weights out of these, without a word
        for name, child in module._modules.items():
            if isinstance(child, WeightLists):
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
            found[free_name(v.path, found)] = v.parameter if len(v.parameters) == 1 else v.value
        return found

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes; none in a frozen layer."""
        return self.trainable_weights  # seeds and metrics are never trained

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training leaves alone."""
        return _with_flag(self.variables, False) if self.trainable else self.variables

    @property
    def _trainable_variables(self) -> list[Variable]:
        """The trainable ones of the layer's own variables; packages store these."""
        return _with_flag(self._variables, True)

    @property
    def _non_trainable_variables(self) -> list[Variable]:
        return _with_flag(self._variables, False)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes; none in a frozen layer."""
        return _with_flag(self.weights, True) if self.trainable else []

    @trainable_weights.setter
    def trainable_weights(self, weights: Any) -> None:
        self._list_weights(weights, True)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone: moving statistics, frozen ones."""
        return _with_flag(self.weights, False) if self.trainable else self.weights

    @non_trainable_weights.setter
    def non_trainable_weights(self, weights: Any) -> None:
        self._list_weights(weights, False)

    @overridable
    def _list_weights(self, weights: Any, trainable: bool) -> None:
        """Refused: only layers of Keras 1 and 2 list their weights themselves.

        Raises:
            AttributeError: always.
        """
        name = "trainable_weights" if trainable else "non_trainable_weights"
        raise AttributeError(
            f"property {name!r} of {type(self).__name__!r} object has no setter. Weights are listed by themselves: make"
            " them by `self.add_weight(...)`."
        )

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
        if open_scopes:  # which keep values apart with their gradients
            for variable, value in zip(own, weights, strict=True):
                variable.assign(value)
            return
        with torch.no_grad():  # once: `assign` does it, and looks for a device, for each
            for variable, value in zip(own, weights, strict=True):
                if type(value) is np.ndarray and value.dtype in _AS_IN_TORCH and value.flags.carray:
                    value = torch.from_numpy(value)
                if type(value) is torch.Tensor:
                    variable._write(value)
                else:
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
        _let_train(self._parameters, value)
        for child in self._children():
            _let_train_below(child, value)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze or unfreeze the layer and everything below: torch's spelling of ``trainable``.

        As there, a frozen `BatchNormalization` runs in inference mode, and what stays frozen for good is not unfrozen,
        such as the second bias of torch's recurrent modules, which Keras does not have.

        Args:
            requires_grad: Whether training changes the weights.

        Example:
            >>> from torchkeras_compat import layers, models
            >>> model = models.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
            >>> model.layers[0].requires_grad_(False).trainable, len(model.trainable_weights)
            (False, 2)
        """
        self.trainable = requires_grad
        return self


def _with_flag(variables: list[Variable], trainable: bool) -> list[Variable]:
    """Return those that are trainable, or those that are not, without a Python call for each."""
    found = []
    for v in variables:
        said = v._trainable
        for (parameters, buffers), key in zip(v._stores, v._keys, strict=True):
            tensor = parameters.get(key)
            if (tensor is None and key not in buffers) or (tensor is not None and tensor.requires_grad is not said):
                said = v.trainable  # torch may have changed it
                break
        if said is trainable:
            found.append(v)
    return found


def _let_train(parameters: Mapping[str, torch.Tensor | None], value: bool) -> None:
    for parameter in parameters.values():
        if parameter is not None and (parameter.is_floating_point() or parameter.is_complex()):
            parameter.requires_grad = value  # by the attribute, since lazy modules refuse the method
            parameter.grad = parameter.grad if value else None  # an optimizer would follow it at every step


def _let_train_below(module: nn.Module, value: bool) -> None:
    """Freeze or unfreeze a child: a layer, or a torch module and the layers in it."""
    if isinstance(module, WeightLists):
        module.trainable = value
        return
    _let_train(module._parameters, value)
    for child in module._modules.values():
        if child is not None:
            _let_train_below(child, value)
    Variable.trainable_changes += 1


# Dtypes of arrays that torch takes as they are, in the byte order of the machine.
_AS_IN_TORCH = frozenset(map(np.dtype, "float16 float32 float64 int8 int16 int32 int64 uint8 bool".split()))


def _is_there(tensor: torch.Tensor | None) -> TypeGuard[torch.Tensor]:
    """Whether a parameter or buffer is set, and not still to be made by a lazy module of torch."""
    return tensor is not None and not is_lazy(tensor)


def _state_of(generator: Any) -> Variable:
    """The variable over the state of a seed generator, which stays on the CPU."""
    variable: Variable | None = generator.__dict__.get("_variable")
    if variable is None:
        variable = Variable(0, trainable=False, dtype="int64", name="seed_generator_state")
        variable._path = f"{generator.name}/{variable.name}"
        variable._stores = [({}, {"value": generator.state})]
        generator._variable = variable
    return variable
