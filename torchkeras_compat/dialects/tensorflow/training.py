"""What training steps written for tf.keras use: `compiled_loss`, `compiled_metrics`, `optimizer.minimize`, ..."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.functions import run
from torchkeras_compat.dialects.tensorflow.shells import unwrap, without_shells, wrap
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.training.step import batch_size_of
from torchkeras_compat.tree import flatten

Function = Callable[..., Any]


def _spec(model: Any) -> Any:
    spec = model.__dict__.get("_compile_spec")
    if spec is None:
        raise RuntimeError(f"Model '{model.name}' is not compiled. Call `model.compile(...)` first.")
    return spec


class CompiledLoss:
    """The loss that `Model.compile` received, as a function: ``model.compiled_loss``.

    Args:
        model: The model.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Sequence[Any] | None = None
    ) -> Any:
        """Return the total loss of a batch, and count it in the mean that the logs show as ``loss``.

        Args:
            y_true: Targets, in the nesting of the outputs.
            y_pred: Outputs.
            sample_weight: Weights of the samples.
            regularization_losses: Losses to add: ``model.losses``.

        Raises:
            RuntimeError: the model is not compiled.
            ValueError: there is no loss.
        """
        args = (_spec(self._model), *unwrap((y_true, y_pred, sample_weight, list(regularization_losses or ()))))
        return wrap(run(_total_loss, args, {}))

    @property
    def metrics(self) -> list[Any]:
        """The means that the logs show: of the total loss, and of each output's if there are several."""
        spec = _spec(self._model)
        return [spec.loss_tracker, *spec.trackers]


def _total_loss(spec: Any, y_true: Any, y_pred: Any, sample_weight: Any, losses: list[torch.Tensor]) -> torch.Tensor:
    total: torch.Tensor | None = spec.compute(y_true, y_pred, sample_weight)
    for loss in losses:
        total = loss if total is None else total + loss
    if total is None:
        raise ValueError("No loss to compute. Give `compile` a `loss`, or pass `regularization_losses`.")
    spec.loss_tracker._add_mean(total.detach(), batch_size_of(y_pred))
    return total


class CompiledMetrics:
    """The metrics that `Model.compile` received: ``model.compiled_metrics``.

    Args:
        model: The model.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update all metrics with one batch.

        Raises:
            RuntimeError: the model is not compiled.
        """
        with torch.no_grad():
            _spec(self._model).update_metrics(*unwrap((y_true, y_pred, sample_weight)))

    @property
    def metrics(self) -> list[Any]:
        """The metrics, in the order of the logs."""
        return [m for output in _spec(self._model).outputs for m in output.by_key.values()]

    def reset_state(self) -> None:
        """Reset all metrics."""
        for metric in self.metrics:
            metric.reset_state()

    reset_states = reset_state

    def result(self) -> dict[str, Any]:
        """Return the values so far by the keys of the logs."""
        found = _spec(self._model).compiled_metrics
        values: dict[str, Any] = wrap(found.result()) if found is not None else {}
        return values


def minimize(
    optimizer: Any, loss: Any, var_list: Any, tape: GradientTape | None = None, name: str | None = None, **kwargs: Any
) -> Any:
    """Compute the gradients of a loss, and update the variables: ``optimizer.minimize``.

    Args:
        optimizer: The optimizer.
        loss: Function without arguments that returns the loss; or the loss, computed inside ``tape``.
        var_list: Variables, or a function that returns them.
        tape: The tape that recorded the loss.
        name: Kept for TensorFlow's signature.
        kwargs: Only ``grad_loss``, the gradient to begin with.

    Raises:
        TypeError: an argument is unknown.
        ValueError: ``loss`` is a tensor, and there is no tape.
    """
    start = kwargs.pop("grad_loss", None)
    if kwargs:
        raise TypeError(f"`minimize` takes loss, var_list, tape, name and grad_loss. Received: {sorted(kwargs)}")
    if callable(loss):
        with GradientTape() if tape is None else tape as tape:
            loss = loss()
    elif tape is None:
        raise ValueError("`tape` is required when a tensor is passed as the loss. Or pass a function that returns it.")
    variables = flatten(var_list() if callable(var_list) else var_list)
    return apply(optimizer, zip(tape.gradient(loss, variables, start), variables, strict=True))


def apply(optimizer: Any, pairs: Iterable[tuple[Any, Any]]) -> Any:
    """Update variables from pairs of gradient and variable."""
    return optimizer.apply_gradients(list(pairs))


def get_scaled_loss(optimizer: Any, loss: Any) -> Any:
    """Return the loss times the scale: ``LossScaleOptimizer.get_scaled_loss``; of a function, one that returns it."""
    if callable(loss):
        return lambda: get_scaled_loss(optimizer, loss())
    return wrap(run(optimizer.scale_loss, (unwrap(loss),), {}))


def get_unscaled_gradients(optimizer: Any, grads: Iterable[Any]) -> list[Any]:
    """Return gradients of a scaled loss, divided by the scale: ``LossScaleOptimizer.get_unscaled_gradients``."""
    factor = optimizer.scale_loss(torch.ones(()))
    return [None if g is None else wrap(without_shells(g) / factor.to(without_shells(g).device)) for g in grads]


def _method(function: Function) -> Function:
    return lambda owner: functools.partial(function, owner)


# Attributes that models of tf.keras have besides the core's, and what finds them.
OF_MODELS: dict[str, Function] = {"compiled_loss": CompiledLoss, "compiled_metrics": CompiledMetrics}
# The same of optimizers.
OF_OPTIMIZERS: dict[str, Function] = {
    "minimize": _method(minimize),
    "get_scaled_loss": _method(get_scaled_loss),
    "get_unscaled_gradients": _method(get_unscaled_gradients),
}
