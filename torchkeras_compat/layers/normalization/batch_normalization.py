"""`BatchNormalization`: mean 0 and variance 1 for each feature, over the batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import initializers
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.modes import run_in_mode
from torchkeras_compat.layers.normalization.affine import AFFINE_WEIGHTS, AffineNormalization
from torchkeras_compat.layers.normalization.arguments import check_number
from torchkeras_compat.layers.normalization.axis_order import AxisOrder
from torchkeras_compat.layers.normalization.batch_count import BatchCount
from torchkeras_compat.layers.normalization.batch_moments import batch_moments, check_clipping, correction
from torchkeras_compat.layers.normalization.precision import HALVES
from torchkeras_compat.variables import Variable

_MODULES: dict[int, type[nn.Module]] = {2: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}


class BatchNormalization(AffineNormalization):
    """Normalizes each feature over the batch: ``(x - mean) / sqrt(variance + epsilon) * gamma + beta``.

    While training, mean and variance are those of the batch, and the moving averages follow them:
    ``moving = momentum * moving + (1 - momentum) * batch``. Else they are the moving averages; so they are in a layer
    with ``trainable=False``.

    Computes through ``self.norm``, a ``torch.nn.BatchNorm1d``, ``2d`` or ``3d`` (``torch.nn.SyncBatchNorm`` if
    ``synchronized``), whose running statistics are the moving averages. Masked steps and renormalization have a
    formula of their own.

    Args:
        axis: Axis of the features.
        momentum: Fraction of the old moving average that stays, usually in [0, 1].
        epsilon: Added to the variance.
        center: Whether there is an offset ``beta``.
        scale: Whether there is a factor ``gamma``.
        beta_initializer: Initializer of ``beta``.
        gamma_initializer: Initializer of ``gamma``.
        moving_mean_initializer: Initializer of the moving mean.
        moving_variance_initializer: Initializer of the moving variance.
        beta_regularizer: Penalty of ``beta``, added to the loss.
        gamma_regularizer: Penalty of ``gamma``.
        beta_constraint: Applied to ``beta`` after each update.
        gamma_constraint: Applied to ``gamma`` after each update.
        renorm: Whether to use batch renormalization.
        renorm_clipping: Bounds ``"rmax"``, ``"rmin"``, ``"dmax"`` of its correction.
        renorm_momentum: Momentum of the averages that the correction uses.
        synchronized: Whether the processes of a `torch.distributed` group normalize over their batches together.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ..., channels)`` for ``axis=-1``, floating point; a mask of shape ``(batch, ...)`` leaves steps out of
        the batch's mean and variance.
    Output shape:
        That of the input.

    Raises:
        TypeError: ``axis``, ``momentum`` or ``epsilon`` is not a number.
        ValueError: the input has no such axis, its size is unknown or another than at first; the bounds of
            ``renorm_clipping`` do not fit; ``synchronized`` comes with ``renorm``, or a mask in several processes.

    Example:
        >>> BatchNormalization()(torch.tensor([[1.0], [3.0]]), training=True).round(decimals=2).tolist()
        [[-1.0], [1.0]]

    Source: Ioffe and Szegedy 2015, algorithm 1. Unlike torch's, the moving variance is that of the population
    (divided by ``n``), and the momentum is what torch subtracts from 1.
    """

    norm: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d | nn.SyncBatchNorm
    moving_mean: Variable = None  # type: ignore[assignment]  # before it is built
    moving_variance: Variable = None  # type: ignore[assignment]
    moving_stddev: Variable
    renorm_mean: Variable
    renorm_stddev: Variable
    renorm_clipping: dict[str, float]
    _momentum: float
    _order: AxisOrder  # which brings the axis to where torch's kernel wants it
    _flattens_to_rows: bool
    _reduced_axes: tuple[int, ...]

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        if isinstance(axis, bool) or not hasattr(axis, "__index__"):
            raise TypeError(f"`axis` of BatchNormalization must be an int. Received: axis={axis!r}")
        if synchronized and renorm:
            raise ValueError(
                "BatchNormalization cannot renormalize over several processes: received synchronized=True and"
                " renorm=True. Leave one of them out."
            )
        self.axis = int(axis)
        self.momentum = check_number("momentum", momentum, "BatchNormalization")
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = renorm
        self.__dict__["renorm_clipping"] = check_clipping(renorm_clipping)  # the attribute hook would track it
        self.renorm_momentum = check_number("renorm_momentum", renorm_momentum, "BatchNormalization")
        self.synchronized = synchronized

    @property
    def momentum(self) -> float:
        """Fraction of the old moving average that stays in a step."""
        return self._momentum

    @momentum.setter
    def momentum(self, value: float) -> None:
        self._momentum = float(value)
        if "norm" in self._modules:
            self.norm.momentum = 1.0 - float(value)

    def build(self, input_shape: Sequence[int | None]) -> None:
        rank = len(input_shape)
        if rank < 2 or not -rank <= self.axis < rank:
            raise ValueError(
                f"BatchNormalization '{self.name}' normalizes axis {self.axis} of inputs with a batch axis. Received"
                f" shape {tuple(input_shape)}."
            )
        axis = self.axis % rank
        channels = input_shape[axis]
        if channels is None:
            raise ValueError(
                f"BatchNormalization '{self.name}' needs to know the size of axis {self.axis}. Received shape"
                f" {tuple(input_shape)}."
            )
        self._choose_axis_order(rank, axis)
        kind = nn.SyncBatchNorm if self.synchronized else _MODULES.get(rank, nn.BatchNorm1d)
        affine = self.scale or self.center
        norm: Any = self._make_torch_module(
            "norm", kind, channels, eps=self.epsilon, momentum=1.0 - self.momentum, affine=affine
        )
        if not self.synchronized:
            # Counting batches would take a kernel of its own in every step, for a number that nothing here reads.
            norm.num_batches_tracked = None
            norm.register_load_state_dict_pre_hook(_drop_batch_count)
            norm.reset_running_stats = BatchCount(norm._buffers)
        self._add_affine_views(norm)
        self.moving_mean = self._add_weight_view(
            "moving_mean", [(norm, "running_mean")], self.moving_mean_initializer, trainable=False
        )
        self.moving_variance = self._add_weight_view(
            "moving_variance", [(norm, "running_var")], self.moving_variance_initializer, trainable=False
        )
        if self.renorm:
            self._make_renorm_averages(channels)
        self.input_spec = InputSpec(ndim=rank, axes={axis: channels})

    def _make_renorm_averages(self, channels: int) -> None:
        def start(shape: tuple[int, ...], dtype: Any = None) -> torch.Tensor:
            variance: torch.Tensor = self.moving_variance_initializer(shape, dtype=dtype)
            return variance.sqrt()

        shape = (channels,)
        self.moving_stddev = self.add_weight(shape, start, trainable=False, name="moving_stddev")
        self.renorm_mean = self.add_weight(shape, self.moving_mean_initializer, trainable=False, name="renorm_mean")
        self.renorm_stddev = self.add_weight(shape, start, trainable=False, name="renorm_stddev")

    def _choose_axis_order(self, rank: int, axis: int) -> None:
        """Decide how inputs get the layout that torch's kernel takes, preferably without a copy."""
        self._reduced_axes = tuple(d for d in range(rank) if d != axis)
        # Torch's kernel is slow on a strided (batch, channels, steps): these become rows of features.
        self._flattens_to_rows = rank not in (2, 4, 5) and (axis != 1 or rank > 5)
        self._order = AxisOrder.moved(axis, rank - 1 if self._flattens_to_rows else 1, rank)

    def call(
        self, inputs: torch.Tensor, training: bool | None = None, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Normalize, and update the moving averages if ``training``.

        Where that is the mode of the layer, the torch module's own mode counts.
        """
        norm: Any = self._modules["norm"]
        training = bool(norm.training if training is self.training else training)
        if training and norm.momentum is None and norm.num_batches_tracked is None:
            return self._average_over_all(norm, inputs, mask)
        training = training and self._trainable
        if training:
            count = math.prod([inputs.shape[d] for d in self._reduced_axes])
            if mask is not None or self.renorm or count == 1:
                return self._normalize_by_formula(inputs, mask)
            training = count != 0
        x = self._order.apply(inputs)
        if self._flattens_to_rows:
            shape = x.shape
            x = x.reshape(-1, shape[-1])
        if training:
            # Torch averages the sample variance, `count / (count - 1)` times the population's. Scaling the average
            # before and after leaves what stays of the old one, and takes that factor from the new one. `.data`,
            # because the backward pass keeps the average, and would take the second scaling for a mistake.
            count *= self._processes()
            variance = norm._buffers["running_var"].data
            if variance.itemsize < 4 and self._processes() == 1:  # two scalings in half precision would move it
                return self._normalize_by_formula(inputs, None)
            variance.mul_(count / (count - 1))
            try:
                x = norm(x) if norm.training else run_in_mode(norm, True, x)
            finally:
                variance.mul_((count - 1) / count)
        else:
            x = run_in_mode(norm, False, x) if norm.training else norm(x)
        if self._flattens_to_rows:
            x = x.view(shape)
        return self._order.undo(x)

    def _average_over_all(self, norm: Any, inputs: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """Let each batch since the statistics were reset count alike, in a frozen layer too: `update_bn` of torch."""
        state = self.__dict__
        before = {key: state[key] for key in ("_momentum", "_trainable")}
        norm.momentum = norm.reset_running_stats.next_fraction()
        state.update(_momentum=1.0 - norm.momentum, _trainable=True)
        try:
            return self.call(inputs, True, mask)
        finally:
            norm.momentum = None
            state.update(before)

    def _processes(self) -> int:
        """Number of processes whose batches are normalized together."""
        if self.synchronized and torch.distributed.is_available() and torch.distributed.is_initialized():
            return torch.distributed.get_world_size()
        return 1

    def _normalize_by_formula(self, inputs: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """Normalize by the batch with a mask, with renormalization, or by a single value."""
        if self._processes() > 1:
            raise ValueError(
                f"BatchNormalization '{self.name}' with synchronized=True takes no mask, and needs more than one value"
                " for each feature. Use synchronized=False, or remove the mask with `Lambda`."
            )
        wide = inputs.float() if inputs.dtype in HALVES else inputs
        mean, variance = batch_moments(wide, self._reduced_axes, mask)
        keep = [1] * inputs.ndim
        keep[self.axis] = -1
        stddev = (variance + self.epsilon).sqrt()
        x = (wide - mean) / stddev
        with torch.no_grad():
            flat_mean, flat_stddev = mean.reshape(-1), stddev.reshape(-1)
            averages = {self.moving_mean: (flat_mean, self.momentum)}
            if not self.renorm:
                averages[self.moving_variance] = (variance.reshape(-1), self.momentum)
        if self.renorm:
            r, d = correction(
                flat_mean, flat_stddev, self.renorm_mean.value, self.renorm_stddev.value, self.renorm_clipping
            )
            x = x * r.reshape(keep) + d.reshape(keep)
            averages[self.moving_stddev] = (flat_stddev, self.momentum)
            averages[self.renorm_mean] = (flat_mean, self.renorm_momentum)
            averages[self.renorm_stddev] = (flat_stddev, self.renorm_momentum)
        with torch.no_grad():
            for average, (value, momentum) in averages.items():
                # `.data`: the backward pass of another call of the layer, by torch's kernel, keeps the average.
                average.parameter.data.lerp_(value.to(average.parameter.dtype), 1.0 - momentum)
            if self.renorm:
                stddev = self.moving_stddev.parameter
                self.moving_variance.parameter.data.copy_((stddev.square() - self.epsilon).clamp_min(0))
        if self.gamma is not None:
            x = x * self.gamma.value.reshape(keep)
        if self.beta is not None:
            x = x + self.beta.value.reshape(keep)
        return x.to(inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            **config_items(
                self,
                (
                    "axis",
                    "momentum",
                    "epsilon",
                    "center",
                    "scale",
                    *AFFINE_WEIGHTS[:2],
                    "moving_mean_initializer",
                    "moving_variance_initializer",
                    *AFFINE_WEIGHTS[2:],
                ),
            ),
            "synchronized": self.synchronized,
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping if self.renorm else self.renorm_clipping or None,
            "renorm_momentum": self.renorm_momentum,
        }


def _drop_batch_count(
    module: nn.Module, state_dict: dict[str, Any], prefix: str, local_metadata: Any, strict: bool, *rest: Any
) -> None:
    """Let the state of a torch batch norm load, whose count of batches has no place here."""
    state_dict.pop(f"{prefix}num_batches_tracked", None)
