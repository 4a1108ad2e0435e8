"""`TimeDistributed`: one layer on every step of sequences."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils import _pytree as pytree

from torchkeras_compat.layers.core.wrapper import Wrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import training_state


class TimeDistributed(Wrapper):
    """Applies a layer to every step of sequences.

    All steps go through the layer at once, as one larger batch, unless a batch norm in it is training: that takes the
    statistics of one step after the other.

    Args:
        layer: Layer or torch module.
        kwargs: Arguments of `Layer`.

    Call arguments:
        inputs: ``(batch, steps, ...)``.
        training: Whether the layer trains.
        mask: ``(batch, steps, ...)``, for a layer whose ``call`` takes masks.

    Output shape:
        ``(batch, steps, ...)``.

    Raises:
        ValueError: ``layer`` is not a layer, the inputs have no axis of steps, or the mask has other axes.

    Example:
        >>> TimeDistributed(keras.layers.Dense(3))(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 5, 3])

    Source: Keras API, layers/TimeDistributed.
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, torch.nn.Module):
            raise ValueError(
                f"Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: {layer}"
            )
        super().__init__(layer, **kwargs)
        self.supports_masking = True
        self.__dict__["_has_batch_norm"] = None

    def build(self, input_shape: Any = None) -> None:
        super().build(_step_shape(input_shape))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the layer's output shape with the axis of steps put back."""
        inner = self.layer.compute_output_shape(_step_shape(input_shape))
        steps = input_shape[1]
        return pytree.tree_map(
            lambda s: (s[0], steps, *s[1:]), inner, is_leaf=lambda s: not any(isinstance(x, (list, tuple)) for x in s)
        )

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        # By way of the layer's own shapes: unknown axes of steps and batch could not be distinguished in their product.
        return Layer.compute_output_spec(self, inputs)

    def call(self, inputs: torch.Tensor, training: bool | None = None, mask: Any = None) -> Any:
        """Apply the layer to all steps."""
        if training is not None and training is not self.training:
            with training_state(self, bool(training)):
                return TimeDistributed.call(self, inputs, self.training, mask)
        batch, steps = inputs.shape[:2]
        if mask is not None and tuple(mask.shape[:2]) != (batch, steps):
            raise ValueError(
                "The `mask` passed to the `TimeDistributed` layer has a shape that does not fit its inputs. Expected"
                f" ({batch}, {steps}, ...), received {tuple(mask.shape)}. Pass a mask with the batch and steps of the"
                " inputs."
            )
        masks = mask is not None and self.layer._call_spec.has_mask
        if training and self._normalizes_batches():
            steps_out = [
                self.layer(x, mask=mask[:, t]) if masks else self.layer(x) for t, x in enumerate(inputs.unbind(1))
            ]
            return pytree.tree_map(lambda *x: torch.stack(x, 1), steps_out[0], *steps_out[1:])
        flat = inputs.flatten(0, 1)
        outputs = self.layer(flat, mask=torch.as_tensor(mask).flatten(0, 1)) if masks else self.layer(flat)
        if isinstance(outputs, torch.Tensor):
            return outputs.reshape(batch, steps, *outputs.shape[1:])
        return pytree.tree_map(lambda x: x.reshape(batch, steps, *x.shape[1:]), outputs)

    def _normalizes_batches(self) -> bool:
        if self._has_batch_norm is None:
            self.__dict__["_has_batch_norm"] = any(isinstance(m, _BatchNorm) for m in self.layer.modules())
        return self._has_batch_norm


def _step_shape(input_shape: Any) -> tuple[int | None, ...]:
    if input_shape is None or len(input_shape) < 3:
        raise ValueError(
            "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received:"
            f" {input_shape}"
        )
    return (input_shape[0], *input_shape[2:])
