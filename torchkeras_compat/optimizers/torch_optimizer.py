"""An optimizer of a PyTorch library with the interface of Keras."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers.base import Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.state_arrays import from_arrays, has_structure, to_arrays
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable


class TorchOptimizer(Optimizer):
    """Updates by a ``torch.optim.Optimizer`` of any library; everything around them is as for Keras's optimizers.

    Subclasses define :meth:`make_torch_optimizer`. Learning rates and schedules, clipping, averages, accumulation, loss
    scale, constraints and files work as for every `Optimizer`. ``build`` makes the torch optimizer, whose state
    comes with its first step, so weights may still be loaded before.

    One with methods ``train`` and ``eval`` is in training mode at first; a model that it is compiled with calls them.

    Args:
        learning_rate: Float, schedule or callable.
        kwargs: Arguments of `Optimizer`.

    Attributes:
        torch_optimizer: The optimizer of the library; None before ``build``.
        decays_itself: For subclasses to set: whether the torch optimizer takes care of the weight decay. Variables that
            are left out of it get a group of their own, then, with ``weight_decay=0``.

    Example:
        >>> class Rprop(TorchOptimizer):
        ...     def make_torch_optimizer(self, parameters, learning_rate):
        ...         return torch.optim.Rprop(parameters, lr=learning_rate)
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> Rprop(0.1, params=[w]).step(); round(w.item(), 4)
        0.9
    """

    decays_itself = False
    torch_optimizer: Any = None
    _is_training = True
    _updates_in_parts = False
    _takes_back = False  # numbers on the host, which no device can take back

    def make_torch_optimizer(self, parameters: Any, learning_rate: float) -> torch.optim.Optimizer:
        """Return a new optimizer of the library.

        Args:
            parameters: What it takes as its first argument: parameters, or groups of them.
            learning_rate: Of the next update; that of each update is set in the groups, as ``"lr"``.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define `make_torch_optimizer(parameters, learning_rate)`."
        )

    # -- building --------------------------------------------------------------------------------------------------

    def _build_decay(self, variables: Sequence[Variable]) -> None:
        super()._build_decay(variables)
        if self.decays_itself:
            self._decay_groups = []

    def _prepare(self) -> None:
        if not self._tensors:
            return
        spared = [t for t, option in zip(self._tensors, self._decay_options, strict=True) if not option]
        parameters: Any = self._tensors
        if self.decays_itself and spared:
            decayed = [t for t, option in zip(self._tensors, self._decay_options, strict=True) if option]
            parameters = [{"params": decayed}] if decayed else []
            parameters.append({"params": spared, "weight_decay": 0.0})
        self.torch_optimizer = self.make_torch_optimizer(parameters, self._rate)
        if not isinstance(self.torch_optimizer, torch.optim.Optimizer):
            raise TypeError(
                f"`make_torch_optimizer` of {type(self).__name__} must return a torch.optim.Optimizer. Received:"
                f" {self.torch_optimizer!r}"
            )
        self._first_groups = [_without_parameters(group) for group in self.torch_optimizer.param_groups]
        self._switch()

    # -- modes -----------------------------------------------------------------------------------------------------

    def train(self) -> None:
        """Give the parameters the weights to train with, if the torch optimizer tells them from those to use."""
        if not self._is_training:
            self._is_training = True
            self._switch()

    def eval(self) -> None:
        """Give the parameters the weights to use, if the torch optimizer tells them from those to train with."""
        if self._is_training:
            self._is_training = False
            self._switch()

    def _switch(self) -> None:
        switch = getattr(self.torch_optimizer, "train" if self._is_training else "eval", None)
        if switch is not None:
            switch()

    # -- updating --------------------------------------------------------------------------------------------------

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,), inner = numbers, self.torch_optimizer
        if not self._is_training and hasattr(inner, "train"):
            raise RuntimeError(
                f"Optimizer '{self.name}' has put the weights to use into the parameters, and steps need those to train"
                " with. Call `optimizer.train()`, or `model.train()`, before the forward pass."
            )
        for group in inner.param_groups:
            group["lr"] = rate
        others: list[tuple[torch.Tensor, Any]] = []
        if len(tensors) != len(self._tensors):
            given = set(tensors)
            others = [(t, t.grad) for t in self._tensors if t not in given and t.grad is not None]
            for t, _ in others:
                t.grad = None
        for t, g in zip(tensors, gradients, strict=True):
            if t.grad is not g:
                others.append((t, t.grad))
                t.grad = g
        try:
            inner.step()
        finally:
            for t, g in others:
                t.grad = g

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Refused: a torch optimizer updates all parameters at once.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"{type(self).__name__} updates all variables at once. Call `apply(grads, variables)` or `step()`."
        )

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> torch.Tensor:
        """Update variables from gradients in Keras's layout; see `Optimizer.apply`."""
        # Optimizers of libraries may compute in the memory of a gradient.
        kept = [None if g is None else torch.as_tensor(getattr(g, "value", g)).detach().clone() for g in grads]
        return super().apply(kept, trainable_variables)

    def stateless_apply(self, optimizer_variables: Any, grads: Any, trainable_variables: Any) -> Any:
        """Refused: the state of a torch optimizer is not in :attr:`variables`.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"The state of {type(self).__name__} lies in its torch optimizer, not in `variables`. Call `apply`."
        )

    # -- state -----------------------------------------------------------------------------------------------------

    def _torch_state(self) -> dict[str, Any]:
        """What the torch optimizer has come to since it was made: its state by parameter, and changes of its groups."""
        inner = self.torch_optimizer
        if inner is None:
            return {"shapes": [], "training": self._is_training, "parameters": [], "groups": []}
        groups = [
            {k: v for k, v in group.items() if k not in ("params", "lr") and (k not in first or _differs(v, first[k]))}
            for group, first in zip(inner.param_groups, self._first_groups, strict=True)
        ]
        return {
            "shapes": [list(t.shape) for t in self._tensors],
            "training": self._is_training,
            "parameters": [dict(inner.state[t]) if t in inner.state else None for t in self._tensors],
            "groups": groups,
        }

    def _set_torch_state(self, state: Mapping[str, Any]) -> None:
        own = self._torch_state()
        if state["shapes"] != own["shapes"] or len(state["groups"]) != len(own["groups"]):
            raise FileContentError(
                f"The state for optimizer '{self.name}' is that of parameters of shapes {state['shapes']}, and it has"
                f" {own['shapes']}. Build it with those parameters first."
            )
        self._is_training = bool(state["training"])
        if self.torch_optimizer is None:
            return
        inner = self.torch_optimizer
        inner.state.clear()
        counts_on_host = not any(group.get("fused") or group.get("capturable") for group in inner.param_groups)
        for t, slots in zip(self._tensors, state["parameters"], strict=True):
            if slots is not None:
                inner.state[t] = {
                    key: _moved(slot, "cpu" if key == "step" and counts_on_host else t.device)
                    for key, slot in slots.items()
                }
        for group, first, changed in zip(inner.param_groups, self._first_groups, state["groups"], strict=True):
            for key in [k for k in group if k not in first and k not in ("params", "lr")]:
                del group[key]
            group.update(copy.deepcopy(first))
            group.update(_moved(changed, self._tensors[0].device))

    def _state_tensors(self) -> list[torch.Tensor]:
        state = self._torch_state()
        found = torch.utils._pytree.tree_leaves([state["parameters"], state["groups"]])
        return [*super()._state_tensors(), *(t for t in found if isinstance(t, torch.Tensor))]

    def _follow(self, device: torch.device) -> None:
        super()._follow(device)
        self._set_torch_state(self._torch_state())

    def state_dict(self) -> dict[str, Any]:
        """Return torch's state dictionary, with what the torch optimizer has come to under ``"torch"``."""
        return {**super().state_dict(), "torch": self._torch_state()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Set the state from what :meth:`state_dict` returned.

        Raises:
            ValueError: it was made for other parameters, or by another optimizer.
        """
        state_dict = dict(state_dict)
        if "torch" not in state_dict:
            raise ValueError(f"The state is not that of a TorchOptimizer, and '{self.name}' is one.")
        self._set_torch_state(state_dict.pop("torch"))
        super().load_state_dict(state_dict)

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put :attr:`variables` and the state of the torch optimizer into ``store``."""
        super().save_own_variables(store)
        if self.torch_optimizer is not None:
            for key, array in to_arrays(self._torch_state()).items():
                store[key] = array

    def load_own_variables(self, store: Any) -> None:
        """Set the state from what :meth:`save_own_variables` stored; warn and keep it if another optimizer did so."""
        own = {key: store[key] for key in store if key.isdigit()}
        if self.torch_optimizer is None or not has_structure(store):
            if len(store) > 2:  # it has more than its counts: it had trained
                warn_user(
                    f"Skipping variable loading for optimizer '{self.name}': the file has the state of another one."
                )
            return
        if len(own) == len(self.variables):
            self._set_torch_state(from_arrays(store))
        rate = self._rate
        super().load_own_variables(own)
        if self._schedule is None and np.float32(rate) == np.float32(self._rate):
            self._rate = rate  # with all its digits, of which files keep seven

    def __getstate__(self) -> dict[str, Any]:
        # torch's optimizers, copied or pickled, lose what their subclasses keep in other attributes.
        return {**super().__getstate__(), "torch_optimizer": None, "_copied_state": self._torch_state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        copied = state.pop("_copied_state", None)  # which torch's `load_state_dict` does not give
        super().__setstate__(state)
        if copied is not None and self.built:
            self._prepare()
            self._set_torch_state(copied)


def _without_parameters(group: Mapping[str, Any]) -> dict[str, Any]:
    return copy.deepcopy({k: v for k, v in group.items() if k not in ("params", "lr")})


def _differs(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor) or isinstance(b, torch.Tensor):
        return True
    return bool(type(a) is not type(b) or a != b)


def _moved(value: Any, device: Any) -> Any:
    """Return a copy of a structure with its tensors on a device."""
    if isinstance(value, torch.Tensor):
        return value.detach().to(device, copy=True)
    if isinstance(value, dict):
        return {k: _moved(v, device) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_moved(v, device) for v in value)
    return copy.deepcopy(value)
