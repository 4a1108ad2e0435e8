"""What a recorded step relies on besides the tensors of the batch: modules, settings, hooks, where weights lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as torch_module

from torchkeras_compat import config
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.module_hooks import HOOKS_OF_CALLS
from torchkeras_compat.training.loop_state import LOOP_STATE
from torchkeras_compat.variables import Variable

_PLAIN = (int, float, bool, str, type(None))
# What a layer notes for itself: modes, kept walks, how it is called.
_OWN_BUSINESS = LOOP_STATE | {"training"} | {name for name in Layer._own_state if name.startswith("_")}
_OF_MODULES = frozenset(nn.Module().__dict__)
_GLOBAL_HOOKS = (
    *("_global_forward_hooks", "_global_forward_pre_hooks", "_global_backward_hooks", "_global_backward_pre_hooks"),
)


class Surroundings:
    """The surroundings of a step, as they were when it was recorded.

    Args:
        model: The model.
        others: Losses, metrics, regularizers and such, whose plain attributes count too.
        tensors: The tensors that were there before the step and that it reads or writes.
        is_compiled: Whether the model's own call goes through `torch.compile`, past which the step is recorded.
        modules: Further modules that run in the step, and are not a part of the model.

    Attributes:
        modules: All modules of the step.
    """

    def __init__(
        self,
        model: nn.Module,
        others: Iterable[Any],
        tensors: Iterable[torch.Tensor],
        is_compiled: bool = False,
        modules: Iterable[nn.Module] = (),
    ) -> None:
        self._is_compiled = is_compiled
        self.modules = list(dict.fromkeys(m for top in (model, *modules) for m in top.modules()))
        self._others = list(others)
        self._tensors = list(tensors)
        self._switches = _switches()
        self._places_before = self._places()
        self._settings_before = self._settings()
        self._assigned = STRUCTURE.settings
        self._attributes_before = self._attributes()

    def hold(self) -> bool:
        """Return whether they are still the same. It costs about a microsecond for each module."""
        if self._switches != _switches() or self._places_before != self._places():
            return False
        if self._settings_before != self._settings() or why_not(self.modules, self._is_compiled) is not None:
            return False
        if self._assigned != STRUCTURE.settings:
            if self._attributes_before != self._attributes():
                return False
            self._assigned = STRUCTURE.settings  # it was an attribute of another model
        return True

    def _places(self) -> list[Any]:
        """Where the memory of tensors is, and which tensors the modules hold."""
        found: list[Any] = [t.data_ptr() for t in self._tensors]
        found += [t.requires_grad for t in self._tensors]
        for module in self.modules:
            state = module.__dict__
            found += map(id, state["_modules"].values())
            found.append(state.get("training"))
            found += map(id, state["_parameters"].values())
            found += [p is not None and p.requires_grad for p in state["_parameters"].values()]
            found += map(id, state["_buffers"].values())
        return found

    def _settings(self) -> list[Any]:
        """Attributes of what does not report assignments: torch's modules, losses, metrics, regularizers."""
        found: list[Any] = []
        for module in self.modules:
            if isinstance(module, Layer):
                found.append(summary(getattr(module.__dict__.get("activity_regularizer"), "__dict__", None)))
                arguments = module.__dict__.get("arguments")  # of a `Lambda`
                if arguments:
                    found.append(summary(arguments))
            else:
                found += [(k, summary(v)) for k, v in module.__dict__.items() if not k.startswith("_")]
        for thing in self._others:
            found += [(k, summary(v)) for k, v in thing.__dict__.items() if k not in _OF_MODULES]
            if isinstance(thing, nn.Module):
                found += [t if t is None else (t.data_ptr(), t._version) for t in thing.buffers()]
        return found

    def _attributes(self) -> list[Any]:
        """The attributes of layers, which report that one of some layer was assigned."""
        found: list[Any] = []
        for module in self.modules:
            if isinstance(module, Layer):
                for name, value in module.__dict__.items():
                    if name not in _OWN_BUSINESS:
                        found.append((name, value if type(value) in _PLAIN else id(value)))
        return found


def summary(value: Any) -> Any:
    """Return what tells whether a setting is the same: itself, those in it, or which object it is."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        return [type(value), *map(summary, value)]
    if isinstance(value, dict):
        return [(key, summary(item)) for key, item in value.items()]
    return id(value)


def _switches() -> tuple[Any, ...]:
    return (
        config.epsilon(),
        config.floatx(),
        config.image_data_format(),
        torch.get_autocast_dtype("cpu"),
        torch.get_autocast_dtype("cuda"),
        torch._C._get_mkldnn_enabled(),
        Variable.trainable_changes,
        torch.is_autocast_enabled("cpu"),
        torch.is_autocast_enabled("cuda"),
        torch.get_default_dtype(),
        torch.are_deterministic_algorithms_enabled(),
    )


def why_not(modules: Iterable[nn.Module], is_compiled: bool = False) -> str | None:
    """Return why a step through modules cannot be recorded and run again without its Python code; None if it can.

    Args:
        modules: The model and the modules below.
        is_compiled: Whether the model's own call goes through `torch.compile`, past which the step is recorded.
    """
    if any(getattr(torch_module, name) for name in _GLOBAL_HOOKS):
        return "there are hooks of all modules"
    if torch.is_anomaly_enabled():
        return "anomaly detection is on"
    for i, module in enumerate(modules):
        state = module.__dict__
        for name in HOOKS_OF_CALLS:
            if state[name]:
                return f"{type(module).__name__} has hooks"
        if state.get("_compiled_call_impl") is not None and (i or not is_compiled):
            return f"{type(module).__name__} runs through torch.compile"
        for parameter in state["_parameters"].values():
            if parameter is None:
                continue
            if type(parameter) is not nn.Parameter:
                return f"{type(module).__name__} has weights of type {type(parameter).__name__}"
            if parameter._backward_hooks or parameter._post_accumulate_grad_hooks:
                return f"a weight of {type(module).__name__} has hooks"
    return None
