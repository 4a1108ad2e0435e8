"""``model.add_loss`` and ``model.add_metric`` of recorded tensors: calls that each run of the model makes.

Keras 1 and 2 take a tensor that follows from the inputs of a functional model, as in a variational autoencoder:
``vae.add_loss(K.mean(reconstruction + kl))``.
"""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.naming import to_snake_case
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_PENDING = "_recorded_losses"


class AddLoss(Layer):
    """Adds its input to what training minimises, and returns it.

    Args:
        sums_gradients: Of an input with axes, whose mean is the loss: whether its gradient is that of the sum, as in
            tf.keras, or of the mean, as in Keras 2.3.
        kwargs: Those of every layer.

    Example:
        >>> layer = AddLoss()
        >>> layer(torch.tensor([1.0, 3.0])).shape, layer.losses
        (torch.Size([2]), [tensor(2.)])

    Source: tf.keras 2.15, base_layer.AddLoss.
    """

    _is_recorded_term = True

    def __init__(self, sums_gradients: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sums_gradients = sums_gradients
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        loss = inputs.mean() if inputs.dim() else inputs
        if self.sums_gradients and inputs.dim():
            total = inputs.sum()
            loss = total + (loss - total).detach()
        self.add_loss(loss)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "sums_gradients": self.sums_gradients}


class AddMetric(Layer):
    """Tracks the mean of its input over batches, and returns it.

    Args:
        metric_name: What the metric is called in the logs.
        kwargs: Those of every layer.

    Example:
        >>> layer = AddMetric("kl")
        >>> layer(torch.tensor(2.0)), layer.metric.result()
        (tensor(2.), tensor(2.))

    Source: tf.keras 2.15, base_layer.AddMetric.
    """

    _is_recorded_term = True

    def __init__(self, metric_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metric = Mean(name=metric_name)
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        if not inputs.is_meta:
            self.metric.update_state(inputs.detach())
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "metric_name": self.metric.name}


def add_loss(model: GraphModel, losses: Any, inputs: Any = None, sums_gradients: bool = False) -> None:
    """Add recorded tensors to what training a model of a graph minimises.

    Args:
        model: Functional or sequential model.
        losses: Recorded tensor that follows from the inputs of the model, or function without arguments that returns a
            tensor; or a list of these. Of a tensor with axes the mean is meant.
        inputs: Kept for Keras's signature.
        sums_gradients: As in :class:`AddLoss`.

    Raises:
        ValueError: a tensor does not follow from the inputs of the model.
        TypeError: something is not a recorded tensor.

    Example:
        >>> from torchkeras_compat import layers, models
        >>> x = layers.Input((2,))
        >>> model = models.Model(x, x * 2)
        >>> add_loss(model, x[:, 0])
        >>> outputs = model(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        >>> model.losses
        [tensor(2.)]

    Source: Keras 2.3 API, Layer.add_loss.
    """
    for loss in losses if isinstance(losses, (list, tuple)) else [losses]:
        tensor = _recorded(loss() if callable(loss) and not isinstance(loss, torch.Tensor) else loss, "add_loss")
        model._compute_beside([AddLoss(sums_gradients)(tensor)])


def add_metric(model: GraphModel, value: Any, name: str | None = None, aggregation: str | None = "mean") -> None:
    """Show the mean of a recorded tensor in the logs of a model of a graph.

    Args:
        model: Functional or sequential model.
        value: Recorded tensor that follows from the inputs of the model.
        name: Name in the logs; None for that of what computes the tensor.
        aggregation: ``"mean"``.

    Raises:
        ValueError: the tensor does not follow from the inputs, or ``aggregation`` is another.
        TypeError: it is not a recorded tensor.

    Example:
        >>> from torchkeras_compat import layers, models
        >>> x = layers.Input((2,))
        >>> model = models.Model(x, x * 2)
        >>> add_metric(model, x[:, 0], name="first")
        >>> outputs = model(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        >>> [(metric.name, float(metric.result())) for metric in model.metrics if metric.name == "first"]
        [('first', 2.0)]

    Source: Keras 2.3 API, Layer.add_metric.
    """
    if aggregation not in ("mean", None):
        raise ValueError(f"`add_metric` knows the aggregation 'mean'. Received: aggregation={aggregation!r}")
    tensor = _recorded(value, "add_metric")
    if name is None:
        name = to_snake_case(tensor.node.operation.name) if tensor.node is not None else "metric"
    model._compute_beside([AddMetric(name)(tensor)])


def _recorded(tensor: Any, method: str) -> KerasTensor:
    if not isinstance(tensor, KerasTensor):
        raise TypeError(
            f"`Model.{method}` takes recorded tensors, computed from the inputs of the model. Received: {tensor!r}"
        )
    return tensor


def add_loss_of_layer(layer: Layer, losses: Any, inputs: Any = None) -> None:
    """Add losses of a layer: tensors at once, as in a call; recorded ones to the models that will be compiled with it.

    Args:
        layer: The layer.
        losses: Tensor, recorded tensor, function without arguments, or a list of these.
        inputs: Kept for Keras's signature.

    Example:
        >>> layer = AddLoss()
        >>> add_loss_of_layer(layer, torch.tensor(2.0))
        >>> layer.losses
        [tensor(2.)]

    Source: Keras 2.3 API, Layer.add_loss.
    """
    for loss in losses if isinstance(losses, (list, tuple)) else [losses]:
        value: Any = loss() if callable(loss) and not isinstance(loss, torch.Tensor) else loss
        if isinstance(value, KerasTensor):
            layer.__dict__.setdefault(_PENDING, []).append(value)
        else:
            layer.add_loss(value.mean() if isinstance(value, torch.Tensor) and value.dim() else value)


def add_losses_of_layers(model: GraphModel) -> None:
    """Add to a model what :func:`add_loss_of_layer` recorded for its layers, each once: to be called by ``compile``."""
    done: set[int] = model.__dict__.setdefault("_recorded_losses_added", set())
    for layer in model._flatten_layers():
        for tensor in layer.__dict__.get(_PENDING, ()):
            if id(tensor) not in done:
                add_loss(model, tensor)
                done.add(id(tensor))
