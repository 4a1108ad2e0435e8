"""`Lambda`: a function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torchkeras_compat.layers.base import Layer
from torchkeras_compat.serialization import deserialize_keras_object, serialize_keras_object


class Lambda(Layer):
    """Calls a function on its inputs.

    Only a function that has a name and is registered (`saving.register_keras_serializable`), or is given in
    ``custom_objects``, comes back from a file: code is never stored. For anything with weights, write a `Layer`.

    Args:
        function: Function of the inputs; it may take ``mask`` and ``training``.
        output_shape: Shape of an output sample, or a function of the input shape, where running the function on meta
            tensors cannot tell.
        mask: Mask of the output, or a function ``(inputs, mask)`` that returns it.
        arguments: Further keyword arguments of the function.
        kwargs: Arguments of `Layer`.

    Raises:
        TypeError: ``function`` is not callable.

    Example:
        >>> Lambda(lambda x: x * 2)(torch.ones(2))
        tensor([2., 2.])

    Source: Keras API, layers/Lambda.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"`function` of a Lambda layer must be callable. Received: {function!r}")
        self.arguments = arguments or {}
        self.function = function
        self._output_shape = output_shape
        self.mask = mask
        self.supports_masking = mask is not None
        self.__dict__["_makes_masks"] = mask is not None
        try:
            known = set(inspect.signature(function).parameters)
        except (TypeError, ValueError):  # a builtin that does not say
            known = set()
        self.__dict__["_passes"] = tuple(name for name in ("mask", "training") if name in known)
        self._skip_building()

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Call the function."""
        values = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: values[name] for name in self._passes})

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return KerasTensors of what the function would return."""
        if self._output_shape is not None:
            return super().compute_output_spec(*args, **kwargs)
        try:
            return super().compute_output_spec(*args, **kwargs)
        except (RuntimeError, NotImplementedError) as error:
            raise NotImplementedError(
                "We could not automatically infer the shape of the Lambda's output. Please specify the `output_shape` "
                f"argument for Lambda layer '{self.name}' ({error})."
            ) from error

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output: what ``output_shape`` says, else that of a run on meta tensors."""
        given = self._output_shape
        if given is None:
            return super().compute_output_shape(input_shape)
        if callable(given):
            return given(input_shape)
        shape = input_shape
        while shape and isinstance(shape[0], (list, tuple)):
            shape = shape[0]
        return (shape[0], *given)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the output."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"function": serialize_keras_object(self.function)}
        if self._output_shape is not None:
            config["output_shape"] = (
                serialize_keras_object(self._output_shape) if callable(self._output_shape) else self._output_shape
            )
        if self.mask is not None:
            config["mask"] = serialize_keras_object(self.mask)
        return {**super().get_config(), **config, "arguments": serialize_keras_object(self.arguments)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, safe_mode: bool | None = None) -> Lambda:
        """Return the layer that a config describes.

        Raises:
            ValueError: the function is stored as code, or is not known by its name.
        """
        config = dict(config)
        for name in ("function", "output_shape", "mask", "arguments"):
            if isinstance(config.get(name), dict):
                config[name] = deserialize_keras_object(config[name], custom_objects=custom_objects)
        return cls(**config)
