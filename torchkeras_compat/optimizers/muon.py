"""Muon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import path_patterns
from torchkeras_compat.optimizers.base import HostNumbers, Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.group_value import GroupValue
from torchkeras_compat.optimizers.scaling import Number, add_ratio_, add_scaled_
from torchkeras_compat.optimizers.state import as_variable
from torchkeras_compat.variables import Variable


class Muon(Optimizer):
    """Momentum made orthogonal, for matrices; Adam for embeddings and for all other weights.

    ``m = momentum * m + g``, ``w -= lr * rms_rate * sqrt(max(w.shape)) * orthogonal(g + momentum * m)``, where a
    Newton-Schulz iteration brings the singular values of a matrix near 1.

    Args:
        learning_rate: Float, schedule or callable.
        adam_beta_1: ``beta_1`` of Adam.
        adam_beta_2: ``beta_2`` of Adam.
        adam_weight_decay: Weight decay of the weights that Adam updates.
        epsilon: Small number in Adam's denominator.
        weight_decay: Weight decay of the matrices.
        exclude_layers: Regular expressions; matrices in whose path one is found are left to Adam.
        exclude_embeddings: Whether embeddings are left to Adam.
        muon_a: Factor of ``x`` in the iteration.
        muon_b: Factor of ``x xᵀ x``.
        muon_c: Factor of ``(x xᵀ)² x``.
        adam_lr_ratio: Adam's learning rate by that of the matrices.
        momentum: Momentum of the matrices.
        ns_steps: Iterations.
        nesterov: Whether to use Nesterov momentum; if not, ``m`` itself is made orthogonal.
        rms_rate: Root mean square of a step, by the learning rate; None for no scaling.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> w = torch.nn.Parameter(torch.zeros(2, 2)); w.grad = torch.eye(2)
        >>> Muon(1.0, params=[w]).step(); bool((w.diag() < -0.1).all())
        True

    Source: Jordan et al. 2024; Liu et al. 2025 for ``rms_rate``; Keras API, optimizers/Muon.
    """

    momentum = GroupValue("momentum")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float | None = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.775,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or [])
        self._steps = path_patterns.reading.get()
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate
        super().__init__(
            learning_rate,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name,
            **kwargs,
        )

    def build(self, variables: Sequence[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self.momentums: list[Variable] = []
        self.adam_velocities: list[Variable | None] = []  # None for a matrix
        self._momentums: dict[torch.Tensor, Variable] = {}
        for variable in self._trainable_variables:
            slots = ["momentum", "velocity"] if self._should_use_adamw(variable) else ["momentum"]
            made = [self.add_variable_from_reference(variable, name) for name in slots]
            self.momentums.append(made[0])
            self.adam_velocities.append(made[1] if len(made) == 2 else None)
            if len(made) == 1:
                self._momentums[self._var_key(variable)] = made[0]
        own = [getattr(type(self), n) is getattr(Muon, n) for n in ("lr_adjust", "zeropower_via_newtonschulz5")]
        self._is_batched = all(own)  # what a subclass overrides gets one matrix at a time
        self._for_adam = {t for v in self._trainable_variables if self._should_use_adamw(v) for t in v.parameters}

    def _should_use_adamw(self, variable: Any) -> bool:
        """Whether a weight is left to Adam."""
        path = as_variable(variable).path
        if len(variable.shape) != 2:
            return True
        if self.exclude_embeddings and "embedding" in path.lower():
            return True
        return bool(path_patterns.matching(self.exclude_layers, path, self._steps, whole=False))

    def _decay_option(self, variable: Variable) -> str:
        return "adam_weight_decay" if self._should_use_adamw(variable) else "weight_decay"

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        correction = math.sqrt(1.0 - self.adam_beta_2**step) / (1.0 - self.adam_beta_1**step)
        return rate, rate * self.adam_lr_ratio * correction

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        rate, adam_rate = numbers
        pairs = list(zip(tensors, gradients, strict=True))
        left = [(t, g) for t, g in pairs if t in self._for_adam]
        if left:
            self._update_by_adam([t for t, _ in left], [g for _, g in left], adam_rate)
        matrices = [(t, g) for t, g in pairs if t not in self._for_adam]
        if matrices:
            self._update_matrices([t for t, _ in matrices], [g for _, g in matrices], rate)

    def _update_matrices(self, tensors: Tensors, gradients: Tensors, rate: Number) -> None:
        slots = [self.state[t]["momentum"] for t in tensors]
        factor = self.param_groups[0].get("momentum", 0.0)
        torch._foreach_mul_(slots, factor)
        torch._foreach_add_(slots, gradients)
        directions = torch._foreach_add(gradients, slots, alpha=factor) if self.nesterov else slots
        variables, shown = [], []
        for variable, direction in self._by_variable(tensors, list(directions)):
            variables.append(variable)
            shown.append(direction)
        changes: dict[torch.Tensor, torch.Tensor] = {}
        for variable, change in zip(variables, self._orthogonalized(shown), strict=True):
            changes.update(zip(variable.parameters, variable.layout.to_torch(change), strict=True))
        add_scaled_(tensors, [changes[t] for t in tensors], -rate)

    def _orthogonalized(self, directions: Tensors) -> Tensors:
        """Return the changes of matrices by their directions, those of one shape in one product."""
        if not self._is_batched:
            return [self.lr_adjust(self.zeropower_via_newtonschulz5(d, self.ns_steps)) for d in directions]
        groups: dict[Any, list[int]] = {}
        for i, d in enumerate(directions):
            groups.setdefault((d.shape, d.dtype, d.device), []).append(i)
        changes: list[Any] = [None] * len(directions)
        for places in groups.values():
            stacked = torch.stack([directions[i] for i in places])
            result = self.lr_adjust(self.zeropower_via_newtonschulz5(stacked, self.ns_steps))
            for i, change in zip(places, result.unbind(), strict=True):
                changes[i] = change
        return changes

    def _update_by_adam(self, tensors: Tensors, gradients: Tensors, rate: Number) -> None:
        momentum = [self.state[t]["momentum"] for t in tensors]
        velocity = [self.state[t]["velocity"] for t in tensors]
        torch._foreach_lerp_(momentum, gradients, 1.0 - self.adam_beta_1)
        torch._foreach_mul_(velocity, self.adam_beta_2)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - self.adam_beta_2)
        roots = torch._foreach_sqrt(velocity)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio_(tensors, momentum, roots, -rate)

    def lr_adjust(self, x: torch.Tensor) -> torch.Tensor:
        """Return directions scaled so that steps of all shapes have the root mean square ``rms_rate``."""
        return x if self.rms_rate is None else x * (math.sqrt(max(x.shape[-2:])) * self.rms_rate)

    def transpose_last_axis(self, X: torch.Tensor) -> torch.Tensor:  # Keras's name
        """Return a tensor with its last two axes exchanged."""
        return X.transpose(-1, -2)

    def zeropower_via_newtonschulz5(self, x: torch.Tensor, steps: int) -> torch.Tensor:
        """Return matrices near the orthogonal factors of those in ``x``: singular values brought near 1.

        Args:
            x: Tensor of shape (..., rows, columns).
            steps: Iterations of ``x = a * x + (b * x xᵀ + c * (x xᵀ)²) x``.

        Source: Jordan et al. 2024, "Newton-Schulz iteration".
        """
        is_tall, shape = x.shape[-2] > x.shape[-1], x.shape
        x = (x.mT if is_tall else x).reshape(-1, min(shape[-2:]), max(shape[-2:]))
        x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)
        for _ in range(steps):
            a = x @ x.mT
            x = torch.baddbmm(x, torch.baddbmm(a, a, a, beta=self.muon_b, alpha=self.muon_c), x, beta=self.muon_a)
        x = x.mT if is_tall else x
        return x.reshape(shape)

    def get_config(self) -> dict[str, Any]:
        own = (
            "adam_beta_1 adam_beta_2 epsilon exclude_layers muon_a muon_b muon_c adam_lr_ratio momentum ns_steps"
            " nesterov exclude_embeddings adam_weight_decay rms_rate"
        )
        return {**super().get_config(), **{name: getattr(self, name) for name in own.split()}}
