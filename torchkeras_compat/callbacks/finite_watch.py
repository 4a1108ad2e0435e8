"""`FiniteWatch`: which layer of which batch first gave NaN or infinity, and no update that spoils the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

_NEVER = 2**62
_INPUT = "the input of the model"


class FiniteWatch:
    """Watches the outputs of all layers, and the gradients, of a model that trains.

    What it sees is counted where it was computed, so that nothing waits for the device before :meth:`look`. From the
    first gradient on that is not finite, updates are left out: on the CPU they are not made, elsewhere they are taken
    back on the device, for which a copy of weights and optimizer is made before each.

    Args:
        model: The model, compiled without ``jit_compile``.

    Raises:
        ValueError: the model runs through `torch.compile`, which sees no hooks.
    """

    def __init__(self, model: Any) -> None:
        if getattr(model, "jit_compile", False) and not getattr(model, "run_eagerly", False):
            raise ValueError(
                "TerminateOnNaN(locate=True) looks into every layer, which a model compiled with `jit_compile=True`"
                " does not let it do. Compile it with `jit_compile=False`, or `run_eagerly=True`, for this run."
            )
        self.model = model
        self.optimizer = model.optimizer
        self._step = -1  # of the whole training; the call of the model begins one
        self._epochs: list[tuple[int, int]] = []  # first step, epoch
        self._first: dict[str, torch.Tensor] = {}  # in the order in which the layers are called
        self._gradients: torch.Tensor | None = None
        self._is_fine: torch.Tensor | None = None
        self._before: list[torch.Tensor] = []
        self._names = {
            id(tensor): variable.path for variable in model.trainable_variables for tensor in variable.parameters
        }
        self._hooks = [model.register_forward_pre_hook(self._see_inputs, with_kwargs=True)]
        for layer in model._flatten_layers():
            if layer is not model and len(list(layer._flatten_layers())) == 1:
                self._hooks.append(layer.register_forward_hook(self._observer(f"layer '{layer.path or layer.name}'")))
        if hasattr(self.optimizer, "register_step_pre_hook") and not getattr(self.optimizer, "scales_loss", False):
            self._hooks.append(self.optimizer.register_step_pre_hook(self._before_update))
            self._hooks.append(self.optimizer.register_step_post_hook(self._after_update))

    def close(self) -> None:
        """Watch no longer."""
        for hook in self._hooks:
            hook.remove()
        self._hooks = []
        self._before = []

    def begin_epoch(self, epoch: int) -> None:
        """Count the batches that follow as those of ``epoch``."""
        self._epochs.append((self._step + 1, epoch))

    def has_failed(self) -> bool:
        """Return whether a gradient was not finite; this waits for the device."""
        return self._is_fine is not None and not self._is_fine

    def look(self) -> str | None:
        """Return what was not finite first, and when; None if all was. This waits for the device."""
        seen = {name: int(step) for name, step in self._first.items()}
        first = min(seen.values(), default=_NEVER)
        where = [name for name, step in seen.items() if step == first]
        what = f"the output of {where[0]}" if where and where[0] != _INPUT else _INPUT
        if self._gradients is not None:
            steps = self._gradients.tolist()
            if min(steps) < first:
                first = min(steps)
                names = [self._names.get(id(p), "a parameter") for p in _parameters(self.optimizer)]
                bad = [name for name, step in zip(names, steps, strict=True) if step == first]
                what = f"the gradient of {', '.join(bad[:3])}{', ...' if len(bad) > 3 else ''}"
        if first == _NEVER:
            return None
        start, epoch = [entry for entry in self._epochs if entry[0] <= first][-1]
        return f"{what} is the first value that is not finite, in batch {first - start} of epoch {epoch + 1}"

    def _observer(self, name: str) -> Callable[..., None]:
        def see(module: torch.nn.Module, args: Any, output: Any) -> None:
            if module.training:
                self._see(name, output)

        return see

    def _see_inputs(self, module: torch.nn.Module, args: Any, kwargs: Any) -> None:
        if module.training:
            self._step += 1
            self._see(_INPUT, (args, kwargs))

    @torch.no_grad()
    def _see(self, name: str, values: Any) -> None:
        for value in pytree.tree_leaves(values):
            if isinstance(value, torch.Tensor) and value.is_floating_point() and not value.is_meta:
                step = torch.where(torch.isfinite(value).all(), _NEVER, self._step)
                known = self._first.get(name)
                self._first[name] = step if known is None else torch.minimum(known.to(step.device), step)

    @torch.no_grad()
    def _before_update(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        parameters = _parameters(optimizer)
        with_gradient = [i for i, p in enumerate(parameters) if p.grad is not None]
        if not with_gradient:
            return
        norms = torch._foreach_norm([parameters[i].grad for i in with_gradient], float("inf"))  # type: ignore[misc]
        device = norms[0].device
        finite = torch.isfinite(torch.stack([norm.to(device, torch.float32) for norm in norms]))
        if self._gradients is None or self._is_fine is None:
            self._gradients = torch.full((len(parameters),), _NEVER, device=device)
            self._is_fine = torch.ones((), dtype=torch.bool, device=device)
        places = torch.tensor(with_gradient).to(device, non_blocking=True)
        steps = torch.where(finite, _NEVER, self._step)
        self._gradients.scatter_reduce_(0, places, steps, "amin")
        self._is_fine &= finite.all()
        if device.type == "cpu":
            if not self._is_fine:
                for parameter in parameters:
                    parameter.grad = None
            return
        self._before = [t.detach().clone() for t in self._touched(parameters)]

    @torch.no_grad()
    def _after_update(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if self._before:
            for now, old in zip(self._touched(_parameters(optimizer)), self._before):
                now.copy_(torch.where(self._is_fine.to(now.device), now, old))  # type: ignore[union-attr]
            self._before = []

    def _touched(self, parameters: list[torch.Tensor]) -> list[torch.Tensor]:
        """Parameters, then the state of the optimizer, which a first update of torch's makes."""
        state = [v for p in parameters for v in self.optimizer.state.get(p, {}).values() if isinstance(v, torch.Tensor)]
        return [*parameters, *state]


def _parameters(optimizer: Any) -> list[torch.Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]
