"""``K.function``: a function of NumPy arrays made of recorded tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch.utils import _pytree as pytree

from torchkeras_compat.legacy.backend.graph.evaluation import run
from torchkeras_compat.legacy.backend.graph.updates import as_updates
from torchkeras_compat.legacy.backend.learning_phase import LearningPhase, set_phase
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.tree import flatten


class GraphFunction:
    """Computes recorded tensors from arrays, and makes updates; what :func:`function` returns.

    Args:
        inputs: Recorded tensors in any nesting, ``K.learning_phase()`` among them for the mode.
        outputs: Recorded tensors, Variables and values, in any nesting.
        updates: Updates made in each call, after the outputs are computed.
        name: Kept for Keras's signature.

    Raises:
        TypeError: an input is not a recorded tensor, or an update not one.
    """

    def __init__(self, inputs: Any, outputs: Any, updates: Any = None, name: str | None = None) -> None:
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.updates = as_updates(updates or [])
        self._inputs = flatten(inputs)
        for symbol in self._inputs:
            if not isinstance(symbol, (KerasTensor, LearningPhase, int)):
                raise TypeError(
                    f"The inputs of `K.function` are inputs of models, placeholders and other recorded tensors, or "
                    f"`K.learning_phase()`. Received: {symbol!r}"
                )
        self._fed = [symbol for symbol in self._inputs if isinstance(symbol, KerasTensor)]
        self._fetched, self._structure = pytree.tree_flatten(outputs)

    def __call__(self, inputs: Any = ()) -> Any:
        """Return the outputs as NumPy arrays, in their nesting.

        Args:
            inputs: Array of each input, in the nesting of the inputs; the learning phase at the end may be left out.

        Raises:
            ValueError: their number or a shape does not fit.
        """
        if isinstance(self.inputs, (list, tuple)) and not isinstance(inputs, (list, tuple)):
            raise TypeError(f"`inputs` should be a list or tuple. Received: {type(inputs).__name__}")
        values: Sequence[Any] = list(inputs) if isinstance(inputs, (list, tuple)) else flatten(inputs)
        if not isinstance(self.inputs, (list, tuple, dict)):
            values = [inputs]
        phase = set_phase()
        training = bool(phase or 0)
        if len(values) == len(self._fed) < len(self._inputs):
            fed = list(values)
        elif len(values) != len(self._inputs):
            raise ValueError(f"The function takes {len(self._inputs)} inputs. Received: {len(values)} values.")
        else:
            fed = [v for s, v in zip(self._inputs, values, strict=True) if isinstance(s, KerasTensor)]
            for symbol, value in zip(self._inputs, values, strict=True):
                if not isinstance(symbol, KerasTensor):
                    training = bool(value)
        results = run([*self._fetched, *self.updates], self._fed, fed, training)
        outputs: Any = pytree.tree_unflatten(results[: len(self._fetched)], self._structure)
        return list(outputs) if type(outputs) is tuple else outputs


def function(inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any) -> GraphFunction:
    """Return a function from arrays to arrays.

    Args:
        inputs: List of recorded tensors: inputs of a model, placeholders, outputs of layers to begin there; and
            ``K.learning_phase()`` for whether layers train.
        outputs: List of recorded tensors, gradients and Variables.
        updates: List of updates, or pairs of a variable and its new value, made in each call.
        name: Kept for Keras's signature.
        kwargs: Settings of TensorFlow's session, none of which is supported.

    Raises:
        TypeError: an input is not a recorded tensor, or an update not one.
        ValueError: other arguments are given.

    Example:
        >>> from torchkeras_compat import layers, models
        >>> model = models.Sequential([layers.Input((2,)), layers.Rescaling(2.0), layers.Rescaling(3.0)])
        >>> first = function([model.input], [model.layers[0].output])
        >>> first([[[1.0, 2.0]]])[0].tolist()
        [[2.0, 4.0]]

    Source: Keras 2.3 API, backend.function.
    """
    if kwargs:
        raise ValueError(
            f"`K.function` takes inputs, outputs, updates and a name. Received: {sorted(kwargs)}, which is for"
            " sessions of"
            " TensorFlow. Leave it out."
        )
    return GraphFunction(inputs, outputs, updates, name)
