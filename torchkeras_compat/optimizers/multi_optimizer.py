"""Several optimizers in one model: each variable is updated by the one that a map finds for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import torch

from torchkeras_compat import path_patterns
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.optimizers.device_update import Guard, Plan
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.optimizers.state import as_variable
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable


class OptimizerMap(MutableMapping):
    """Optimizers by the path of a variable.

    Args:
        default_optimizer: Optimizer of the variables that no key matches.
        optimizer_map: Paths, or regular expressions that match whole paths, and optimizers.

    Raises:
        TypeError: ``default_optimizer`` is not an optimizer.

    Example:
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> optimizers = OptimizerMap(SGD(0.1), {".*/bias": SGD(0.2)})
        >>> float(optimizers["dense/bias"].learning_rate), float(optimizers["dense/kernel"].learning_rate)
        (0.2, 0.1)
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: Mapping[str, Optimizer] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"default_optimizer must be a Keras Optimizer instance. Received: {default_optimizer}")
        self._default_optimizer = default_optimizer
        self._optimizer_map: dict[str, Any] = {}
        self._steps = path_patterns.reading.get()
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """Optimizer of the variables that no key matches."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        found = path_patterns.matching(self._optimizer_map, key, self._steps)
        if len(found) > 1:
            raise ValueError(
                f"Path '{key}' matches multiple optimizer specification keys: {found}. Please make sure each path only"
                " matches at most one optimizer specification key in the OptimizerMap."
            )
        return self._optimizer_map[found[0]] if found else self._default_optimizer

    def __call__(self, variable: Any) -> Optimizer:
        """Return the optimizer of a variable."""
        return self[as_variable(variable).path]

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if key in self._optimizer_map:
            raise ValueError(
                f"'{key}' already exists in the OptimizerMap with value {self._optimizer_map[key]}. Please make sure to"
                " not use duplicated keys."
            )
        if not isinstance(optimizer, Optimizer):
            raise ValueError(f"optimizer must be a Keras Optimizer instance. Received: {optimizer}")
        if isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
            raise ValueError(f"optimizer cannot be {type(optimizer).__name__}. Received: {optimizer}")
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "default_optimizer": serialize_keras_object(self._default_optimizer),
            "optimizer_map": {k: serialize_keras_object(v) for k, v in self._optimizer_map.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> OptimizerMap:
        """Return a new map made from what ``get_config`` returned."""
        found = deserialize_as("optimizers", dict(config), custom_objects)
        return cls(found["default_optimizer"], found["optimizer_map"])


class MultiOptimizer(Optimizer):
    """Several optimizers that share the variables of a model.

    Each has its own learning rate, options and count. It has no ``learning_rate`` of its own; callbacks that set rates
    set that of each.

    Args:
        optimizer_map: An `OptimizerMap`, a function from variable to optimizer, or one optimizer for all.
        loss_scale_factor: Factor of the loss, by which all gradients are divided.
        name: Name.

    Raises:
        ValueError: when it is built: the map gives no optimizer, or one that holds others.

    Example:
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> v, w = Variable([1.0], name="v"), Variable([1.0], name="w")
        >>> optimizer = MultiOptimizer(OptimizerMap(SGD(0.1), {"w": SGD(0.5)}))
        >>> _ = optimizer.apply([torch.ones(1), torch.ones(1)], [v, w]); v.numpy(), w.numpy()
        (array([0.9], dtype=float32), array([0.5], dtype=float32))

    Source: Keras API, optimizers/MultiOptimizer.
    """

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None, name: str | None = None) -> None:
        if not callable(optimizer_map) and not isinstance(optimizer_map, Optimizer):
            raise TypeError(
                "`optimizer_map` must be an OptimizerMap, a function from variable to optimizer, or an optimizer."
                f" Received: {optimizer_map!r}"
            )
        self.optimizer_map = optimizer_map
        self.optimizers: list[Any] = _known_optimizers(optimizer_map)
        self._var_to_optimizer_idx: dict[torch.Tensor, int] = {}
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._own_groups = self.param_groups
        self._show_groups()

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, variables: Sequence[Any]) -> None:
        if self.built:
            return
        shown = [as_variable(v, f"parameter_{i}") for i, v in enumerate(variables)]
        find: Callable[[Any], Any]
        if isinstance(self.optimizer_map, Optimizer):
            one = self.optimizer_map
            find = lambda variable: one  # noqa: E731
        else:
            find = self.optimizer_map
        chosen = []
        for variable in shown:
            optimizer = find(variable)
            _check_part(optimizer, variable)
            chosen.append(optimizer)
        self.optimizers = list({id(o): o for o in [*_known_optimizers(self.optimizer_map), *chosen]}.values())
        self.param_groups = self._own_groups
        super().build(shown)
        position = {id(o): i for i, o in enumerate(self.optimizers)}
        self._var_to_optimizer_idx = {self._var_key(v): position[id(o)] for v, o in zip(shown, chosen, strict=True)}
        self._shares: list[tuple[Any, list[int], list[int]]] = []
        for optimizer in self.optimizers:
            own = [v for v, o in zip(shown, chosen, strict=True) if o is optimizer]
            optimizer.loss_scale_factor = None
            optimizer.build(own)
            places = [i for v in own if not v.overwrite_with_gradient for i in self._places_of(v)]
            overwritten = [i for i, v in enumerate(self._overwritten) if any(v is w for w in own)]
            self._shares.append((optimizer, places, overwritten))
        self._overwriting: list[Any] = []
        self._show_groups()

    def _show_groups(self) -> None:
        """Show the groups of the optimizers as its own, so that torch's schedulers change what they compute with."""
        if self.optimizers:
            self.param_groups = [group for o in self.optimizers for group in o.param_groups]
            common = set.intersection(*(set(o.defaults) for o in self.optimizers))
            self.defaults = {key: self.optimizers[0].defaults[key] for key in common}

    # -- updating --------------------------------------------------------------------------------------------------

    def _overwrite(self, gradients: list[Any]) -> None:
        self._overwriting = gradients

    def _advance(self, gradients: list[Any]) -> None:
        if self.loss_scale_factor is not None:
            factor = 1.0 / self.loss_scale_factor
            gradients = [None if g is None else g * factor for g in gradients]
        for optimizer, places, overwritten in self._shares:
            if overwritten:
                optimizer._overwrite([self._overwriting[i] for i in overwritten])
            if places or overwritten:
                optimizer._advance([gradients[i] for i in places])
        self._iterations += 1
        self._opt_called = True

    def _decide(self) -> Plan:
        return Plan(("several", self.loss_scale_factor), (), tuple(o._decide() for o in self.optimizers))

    def _count(self, gradients: Sequence[Any] | None = None) -> None:
        super()._count(gradients)
        for optimizer, places, _ in self._shares:
            if places:
                optimizer._count(None if gradients is None else [gradients[i] for i in places])

    @property
    def _branches_on_count(self) -> bool:
        return any(o._branches_on_count for o in self.optimizers)

    def _perform(self, gradients: list[Any], plan: Plan, guard: Guard | None = None) -> torch.Tensor | None:
        if self.loss_scale_factor is not None:
            factor = 1.0 / self.loss_scale_factor
            gradients = [None if g is None else g * factor for g in gradients]
        for (optimizer, places, _), part in zip(self._shares, plan.parts, strict=True):
            optimizer._perform([gradients[i] for i in places], part, guard)
        return None if guard is None else guard.finite

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        index = self._var_to_optimizer_idx[self._index_key(variable)]
        self.optimizers[index].update_step(gradient, variable, learning_rate)

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        for optimizer in self.optimizers:
            optimizer.finalize_variable_values(var_list)

    # -- state -----------------------------------------------------------------------------------------------------

    @property
    def learning_rate(self) -> Any:
        """None: each of the optimizers has its own."""
        raise AttributeError(
            "Learning rate cannot be accessed on a MultiOptimizer. Access the learning rate on the individual"
            " sub-optimizers instead."
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "Learning rate cannot be set on a MultiOptimizer. Set the learning rate on the individual sub-optimizers"
            " instead."
        )

    @property
    def variables(self) -> list[Variable]:
        """Own variables, then those of each optimizer."""
        return [*super().variables, *(v for o in self.optimizers for v in o.variables)]

    def _state_tensors(self) -> list[torch.Tensor]:
        return [t for o in self.optimizers for t in o._state_tensors()]

    @property
    def _takes_back(self) -> bool:  # type: ignore[override]
        return all(o._takes_back for o in self.optimizers)

    def _take_back_count(self) -> None:
        self._iterations -= 1
        for optimizer, places, _ in self._shares:
            if places:
                optimizer._take_back_count()

    def state_dict(self) -> dict[str, Any]:
        return {"iterations": self._iterations, "optimizers": [o.state_dict() for o in self.optimizers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        if len(state_dict["optimizers"]) != len(self.optimizers):
            raise ValueError(
                f"The state is that of {len(state_dict['optimizers'])} optimizers, and '{self.name}' has"
                f" {len(self.optimizers)}. Build it with the same map first."
            )
        for optimizer, state in zip(self.optimizers, state_dict["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self._iterations = state_dict["iterations"]
        self._show_groups()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "optimizer_map": serialize_keras_object(self.optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> MultiOptimizer:
        """Return a new optimizer made from what ``get_config`` returned."""
        config = dict(config)
        found = deserialize_as("optimizer_maps", config.pop("optimizer_map"), custom_objects)
        return cls(found, **config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, optimizers={self.optimizers!r}>"


def _known_optimizers(optimizer_map: Any) -> list[Any]:
    """Return the optimizers of a map, which are known before any variable is."""
    if not isinstance(optimizer_map, OptimizerMap):
        return []
    found = [*optimizer_map._optimizer_map.values(), optimizer_map.default_optimizer]
    return list({id(o): o for o in found}.values())


def _check_part(optimizer: Any, variable: Variable) -> None:
    if isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
        raise ValueError(f"{type(optimizer).__name__} cannot be used inside an MultiOptimizer.")
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"Optimizer for variable {variable} is not an Optimizer instance. Received: {optimizer!r}")
