"""Attributes of a layer: variables and layers in them, also inside lists and dicts, become torch's children."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from torch import fx, nn
from torch.nn.modules.module import register_module_module_registration_hook

from torchkeras_compat.layers.layer.call_plan import PLANS
from torchkeras_compat.layers.layer.call_state import CallLosses
from torchkeras_compat.layers.layer.modes import SWITCHING, join, plain, switch, take_mode
from torchkeras_compat.layers.layer.structure import STRUCTURE, Walk, walked
from torchkeras_compat.layers.layer.tracking import (
    PLAIN,
    OnChange,
    is_metric,
    is_trackable,
    may_hold_tracked,
    named_leaves,
    track,
)
from torchkeras_compat.layers.layer.weights import Weights
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


class Attributes(Weights):
    """The part of `Layer` that watches its attributes.

    ``self.blocks = [Dense(2)]`` registers the layer as the torch child ``blocks_0``: a list cannot stand under its own
    name, where torch looks for a module.
    """

    @plain
    def __setattr__(self, name: str, value: Any) -> None:
        state = self.__dict__
        if "_modules" not in state:
            if name != "__dict__" and is_trackable(value):  # `torch.export` lets an object of its own have the state
                self._check_super_called()
            object.__setattr__(self, name, value)
            return
        if name == "training":  # `train` sets it everywhere, in each epoch and around each `predict`
            state[name] = value
            return
        STRUCTURE.settings += 1
        is_property = isinstance(getattr(type(self), name, None), property)
        before = None if is_property else state.get(name, self._modules.get(name))
        if is_property:
            object.__setattr__(self, name, value)
        elif isinstance(value, Variable):
            self._forget(name)
            self._register_variable(value, name)
            self.__dict__[name] = value
        elif isinstance(value, (list, dict, tuple)) and is_trackable(value):
            self._forget(name)
            self.__dict__[name] = track(value, OnChange(self, name))
            self._register_items(name)
        else:
            if name in state and isinstance(state[name], (Variable, list, dict, tuple)):
                self._forget(name)
            if isinstance(value, nn.Module):
                old = self._modules.get(name) if name in self._torch_module_names else None
                if old is not None and old is not value:
                    self._move_weight_views(name, old, value)
                self.__dict__.pop(name, None)
                self._call_losses.version = 0
                self._adopt(value)
            elif name in self._followed:
                self._modules.pop(name, None)  # an activation that is a torch module gives way to a function
            elif isinstance(value, (list, dict)) and not value:
                value = track(value, OnChange(self, name))
            super().__setattr__(name, value)
        changes = (type(value) not in PLAIN or type(before) not in PLAIN) and (
            may_hold_tracked(value) or may_hold_tracked(before)
        )
        if changes:
            STRUCTURE.changed()
        if changes or name in _DECIDING or (is_property and name not in _UNDECIDING):
            state["_call_plan"] = None
            PLANS.changed(self)
        if name in self._followed:
            try:
                self._follow(name)
            except (TypeError, ValueError):
                if before is not None:
                    state[name] = before
                raise
        elif name in self._fixed and self.built and before != value:
            self._warn_of_fixed(name, before)

    def _follow(self, name: str) -> None:
        """Bring what the layer computes with in line with a setting that was assigned, by its constructor too."""

    def _warn_of_fixed(self, name: str, before: Any) -> None:
        warn_user(
            f"`{name}` of {type(self).__name__} '{self.name}' is assigned after the layer was built: the config has the"
            f" new value, and the layer computes with {before!r} as before. Make the layer or the model again from its"
            " config, as by `keras.Model.from_config(model.get_config())`."
        )

    def __delattr__(self, name: str) -> None:
        if isinstance(self.__dict__.get(name), (Variable, list, dict, tuple)):
            self._forget(name)
        else:
            super().__delattr__(name)
        STRUCTURE.changed()

    def _forget(self, name: str) -> None:
        """Drop an attribute that holds a variable or a container."""
        value = self.__dict__.pop(name, None)
        if isinstance(value, Variable):
            self._unregister_variable(value)
        elif name in self._listed:
            self._register_items(name)

    def _unregister_variable(self, variable: Variable) -> None:
        self._variables[:] = [v for v in self._variables if v is not variable]
        if variable._stores[0][0] is self._parameters:
            variable.detach_from_module()
        STRUCTURE.changed()

    def _register_items(self, name: str) -> None:
        """Bring torch's children and the variables in line with what lies in the container ``name``."""
        old = self._listed.pop(name, {})
        found = named_leaves(self.__dict__.get(name, ()), name)
        wanted = [(key, x) for key, x in found if isinstance(x, (nn.Module, nn.Parameter, Variable))]
        kept = {id(x) for _, x in wanted}
        new: dict[str, Any] = {}
        for key, x in wanted:
            key = key.replace(".", "_")
            while key in new or (key not in old and self._is_taken(key)):
                key += "_"
            new[key] = x
        for key, x in old.items():
            if isinstance(x, Variable) and id(x) not in kept:
                self._unregister_variable(x)
            elif isinstance(x, nn.Module) and key not in new:
                self._modules.pop(key, None)
            elif isinstance(x, nn.Parameter):
                self._parameters.pop(key, None)
        for key, x in new.items():
            if isinstance(x, Variable):
                self._register_variable(x, key)
            elif isinstance(x, nn.Module):
                self._adopt(x)
                self._modules[key] = x
            else:
                self._parameters[key] = x
        if new:
            self._listed[name] = new
        if old or any(is_trackable(x) for _, x in found):
            STRUCTURE.changed()
        self.__dict__["_call_plan"] = None
        PLANS.changed(self)

    def _adopt(self, module: nn.Module) -> None:
        """Put a new layer, or a torch module, which starts in training mode, into the mode of this layer."""
        if isinstance(module, Attributes):
            join(module, self)
            return
        SWITCHING.modules_made += 1
        if type(module).train is nn.Module.train:
            take_mode(module, self.training, "_mode_is_said" in self.__dict__)
        elif module.training is not self.training:
            switch(module, self.training)

    def _is_taken(self, key: str) -> bool:
        names: tuple[Any, ...] = (self._modules, self._parameters, self._buffers, self.__dict__)
        return any(key in known for known in names) or hasattr(type(self), key)

    def __getstate__(self) -> dict[str, Any]:
        # Recorded calls link to the whole graph around the layer; a copy of the layer starts without.
        module: Any = super()
        state: dict[str, Any] = module.__getstate__()
        kept = {k: v for k, v in state.items() if k not in ("_inbound_nodes", "_module_variables", "call")}
        # Losses of the last call are part of its autograd graph, which cannot be copied.
        return {
            **kept,
            "_call_losses": CallLosses(self._call_losses.is_used),
            "_build_state": copy.copy(self._build_state),
            "_walks": {},
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        module: Any = super()
        module.__setstate__(state)
        for name, value in list(state.items()):
            if type(value) in (list, dict) and not name.startswith("_") and (is_trackable(value) or not value):
                self.__dict__[name] = track(value, OnChange(self, name))

    def _children(self) -> list[nn.Module]:
        """Return the layers and foreign torch modules directly below, in order of assignment."""
        held = self._torch_module_names
        found = []
        for name, module in self._modules.items():
            if name not in held and module is not None:
                found.append(module)
        return found

    def _named_children(self) -> list[tuple[str, nn.Module]]:
        """Return what :meth:`_children` does with the names under which torch knows it."""
        names = {id(module): name for name, module in self._modules.items()}
        return [(names.get(id(child), ""), child) for child in self._children()]

    @property
    def _layers(self) -> list[nn.Module]:
        """The layers and torch modules directly below."""
        return self._children()

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Layer]:
        """Return this layer and all layers below, each once, in Keras's order: the last of each below the top first.

        Packages number layers by it, in files.
        """
        found = walked(self, "layers", self._find_all_layers) if recursive else self._find_layers(Walk(), False)
        layer: Any = self
        return [layer, *found] if include_self else found

    def _find_all_layers(self, walk: Walk) -> list[Layer]:
        return self._find_layers(walk, backwards=True)

    def _find_layers(self, walk: Walk, recursive: bool = True, backwards: bool = False) -> list[Layer]:
        """Find the layers below; where a torch module is below, those in it."""
        found: list[Any] = []
        seen = {id(self)}
        walk.children_of(self, is_root=True)
        queue = list(reversed(self._children()))
        while queue:
            module = queue.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            if not isinstance(module, Attributes):
                queue.extend(reversed(walk.children_of(module)))
                continue
            found.append(module)
            if recursive:
                walk.children_of(module)
                children = module._children()
                queue.extend(children if backwards else reversed(children))
        return found

    @property
    def _seed_generators(self) -> list[SeedGenerator]:
        return self._find_seed_generators(Walk())

    def _find_seed_generators(self, walk: Walk) -> list[SeedGenerator]:
        """Find the seed generators in the attributes and among the arguments of the constructor."""
        return [leaf for leaf in self._leaves(walk, "_arguments") if isinstance(leaf, SeedGenerator)]

    def _metrics_below(self) -> list[Any]:
        """The metrics in this layer's attributes and in those of the layers below."""
        return walked(self, "metrics", self._find_metrics)

    def _find_metrics(self, walk: Walk) -> list[Any]:
        found: dict[int, Any] = {}
        for layer in [self, *self._find_layers(walk)]:
            walk.pass_attributes(layer, is_root=layer is self)
            for leaf in layer._leaves(walk):
                if not isinstance(leaf, (Variable, KerasTensor, Node)) and is_metric(leaf):
                    found.setdefault(id(leaf), leaf)
        return list(found.values())

    @property
    def _metrics(self) -> list[Any]:
        """A list for further metrics; packages for Keras append to it."""
        if "_further_metrics" not in self.__dict__:
            self._further_metrics: list[Any] = []
        return self._further_metrics

    @property
    def _tracker(self) -> Tracker:
        """What packages for Keras register layers, variables and metrics with."""
        return Tracker(self)

    @property
    def metrics(self) -> list[Any]:
        """The metrics in the attributes of this layer and of those below."""
        return self._metrics_below()

    @property
    def metrics_variables(self) -> list[Variable]:
        """The state variables of :attr:`metrics`."""
        return [v for metric in self.metrics for v in metric.variables]

    def _leaves(self, walk: Walk, *own: str) -> list[Any]:
        """Find what lies in the attributes, also in nested lists; of those that all layers have, in ``own``."""
        found = []
        for name, value in list(self.__dict__.items()):
            if type(value) not in PLAIN and (name not in self._own_state or name in own):
                found.extend(walk.leaves_of(value))
        return found


class Tracker:
    """Registers what is in no attribute of a layer.

    Args:
        layer: The layer.
    """

    def __init__(self, layer: Attributes) -> None:
        self._layer: Any = layer

    def track(self, value: Any) -> Any:
        """Register a layer, variable or metric, unless it is known, and return it; other values as they are."""
        layer = self._layer
        known = [*layer._children(), *layer._variables, *layer._leaves(Walk())]
        if is_trackable(value) and all(value is not x for x in known):
            layer._tracked = [*layer.__dict__.get("_tracked", ()), value]
        return value


# Attributes that say whether a call may go straight to `call`, besides properties.
_DECIDING = frozenset(
    "built input_spec supports_masking activity_regularizer autocast mask_zero _convert_input_args".split()
)
_UNDECIDING = ("trainable", "name")  # of the properties


def _enter(parent: nn.Module, name: str, child: nn.Module | None) -> None:
    """Put a new layer into the mode of the torch module that it enters, unless that is a tool's (fx, export)."""
    if not isinstance(child, nn.Module) or isinstance(parent, Attributes):
        return
    home = type(parent).__module__
    if isinstance(parent, fx.GraphModule) or (home.startswith("torch.") and not home.startswith(_HOMES)):
        return
    below = child._modules  # of TorchScript it is not a dict
    child = below["_orig_mod"] if "_orig_mod" in below else child  # what `torch.compile` has wrapped
    if isinstance(child, Attributes):
        child.__dict__["_is_placed"] = True
        take_mode(child, parent.training, is_said=True)


# Modules of torch of which layers become a part: containers, and those that synchronize processes.
_HOMES = ("torch.nn.", "torch.distributed.")

register_module_module_registration_hook(_enter)
