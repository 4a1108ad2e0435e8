"""A layer ready to be checked."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.dtypes.dtype_policy import dtype_policy
from torchkeras_compat.dtypes.identifiers import set_dtype_policy
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.model import Model
from torchkeras_compat.testing.check import NotApplicable
from torchkeras_compat.testing.inputs import make_inputs, make_symbols, map_leaves
from torchkeras_compat.testing.making import custom_objects_of, maker_of, name_of


class LayerSubject:
    """A layer to check; see :func:`check_layer`."""

    kind = "layer"
    takes_custom_objects = True

    def __init__(
        self,
        layer: Any,
        inputs: Any = (8,),
        *,
        arguments: Mapping[str, Any] | None = None,
        custom_objects: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name_of(layer)
        self.make = maker_of(layer, arguments, torch.nn.Module)
        map_leaves(lambda leaf: leaf, inputs)
        self.spec = inputs
        self.custom_objects = dict(custom_objects or {})
        if isinstance(layer, Layer) and layer.weights:
            raise TypeError(
                f"The layer {layer.name!r} has weights already, so its building cannot be checked. Give its class with "
                "`arguments`, a function that makes it, or a layer that has not been called."
            )

    def inputs(self, **sizes: int) -> Any:
        """Inputs of a given batch size."""
        return make_inputs(self.spec, **sizes)

    def built(self) -> tuple[Any, Any]:
        """A layer that was called, and the inputs of the call."""
        layer, x = self.make(), self.inputs()
        self.call(layer, x)
        return layer, x

    def by_keyword(self, layer: Any) -> bool:
        """Whether the inputs are a dict of arguments of `call`."""
        if not isinstance(self.spec, dict):
            return False
        known = layer._call_spec.known if isinstance(layer, Layer) else inspect.signature(layer.forward).parameters
        return set(self.spec) <= set(known)

    def call(self, layer: Any, x: Any, **options: Any) -> Any:
        """The output; random numbers start again, so that calls can be compared."""
        torch.manual_seed(0)
        function = getattr(layer, "_orig_mod", layer)
        return layer(**x, **options) if self.by_keyword(function) else layer(x, **options)

    def keras_layer(self) -> None:
        """Leave out what is Keras's for a plain torch module."""
        if not isinstance(self.make(), Layer):
            raise NotApplicable("a torch.nn.Module that is not a Layer has no such surface")

    def twin(self, layer: Any, x: Any, twin: Any) -> Any:
        """Build ``twin`` and give it the weights of ``layer``."""
        self.call(twin, x)
        twin.set_weights(layer.get_weights())
        return twin

    def scope(self, layer: Any) -> Any:
        """Let configs and files name the class."""
        return custom_object_scope({**custom_objects_of(layer), **self.custom_objects})

    def model(self, layer: Any) -> Any:
        """A functional model of the layer alone."""
        symbols = make_symbols(self.spec)
        return Model(symbols, self.call(layer, symbols))


@contextlib.contextmanager
def global_policy(name: str) -> Iterator[None]:
    before = dtype_policy()
    set_dtype_policy(name)
    try:
        yield
    finally:
        set_dtype_policy(before)


def trained_tensors(layer: Any) -> list[tuple[str, torch.Tensor]]:
    """Names and tensors of what training changes."""
    if isinstance(layer, Layer):
        return [(v.path, t) for v in layer.trainable_weights for t in v.parameters if t.requires_grad]
    return [(name, p) for name, p in layer.named_parameters() if p.requires_grad]


def with_gradients(x: Any) -> Any:
    return map_leaves(lambda leaf: leaf.requires_grad_() if leaf.is_floating_point() else leaf, x)


def training_call(subject: LayerSubject, layer: Any, x: Any) -> Any:
    layer.train(True)
    try:
        return subject.call(layer, x)
    finally:
        layer.train(False)
