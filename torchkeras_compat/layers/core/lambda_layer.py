"""`Lambda`: a function as a layer."""

from __future__ import annotations

import base64
import inspect
import marshal
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras_compat import kinds
from torchkeras_compat.custom_objects import custom_object_scope, get_registered_object
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.errors import FileContentError, UnknownNameError
from torchkeras_compat.given_functions import as_given, for_the_core
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.own_code import is_own
from torchkeras_compat.pickled_functions import picklable, unmade
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.stored_code import SWITCH, is_stored, name_of, parts_of, refusal, stored_function
from torchkeras_compat.user_warnings import warn_user


class Lambda(Layer):
    """Calls a function on its inputs.

    A named function comes back from a file where it is registered (`saving.register_keras_serializable`) or given in
    ``custom_objects``. A ``lambda`` is written as bytecode, as Keras does, and Keras 1 and 2 wrote every function so;
    but bytecode from a file is not run, whatever ``safe_mode`` says: give the function in ``custom_objects`` under the
    name of the layer, or its own. `config.enable_unsafe_deserialization` opens that. For anything with weights, write a
    `Layer`.

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

    function: Callable[..., Any]
    _passed_arguments: tuple[str, ...]  # which of mask and training the function takes

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
        self.function = for_the_core(function)
        # Files hold lists.
        self._output_shape = tuple(output_shape) if isinstance(output_shape, list) else output_shape
        self.mask = for_the_core(mask)
        self.supports_masking = mask is not None
        self._makes_masks = mask is not None
        try:
            known = set(inspect.signature(function).parameters)
        except (TypeError, ValueError):  # a builtin that does not say
            known = set()
        self._passed_arguments = tuple(name for name in ("mask", "training") if name in known)
        self._skip_building()

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Call the function."""
        values = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: values[name] for name in self._passed_arguments})

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

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        args, kwargs = state.get("_arguments", ((), {}))
        given = tuple(map(picklable, args)), {k: picklable(v) for k, v in kwargs.items()}
        functions = {name: picklable(state[name]) for name in ("function", "mask", "_output_shape")}
        return {**state, **functions, "_arguments": given}

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"function": _config_of(self.function)}
        if self._output_shape is not None:
            config["output_shape"] = (
                _config_of(self._output_shape) if callable(self._output_shape) else self._output_shape
            )
        if self.mask is not None:
            config["mask"] = _config_of(self.mask)
        return {**super().get_config(), **config, "arguments": serialize_keras_object(self.arguments)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, safe_mode: bool | None = None) -> Lambda:
        """Return the layer that a config describes.

        Args:
            config: What ``get_config`` returned.
            custom_objects: Names and their functions.
            safe_mode: False to take a ``lambda`` out of a config of this process, such as that of another layer; one
                from a file is refused all the same.

        Raises:
            UnknownNameError: a function is not known by its name.
            FileSafetyError: a function is bytecode and not given in ``custom_objects``, by the name of the layer or its
                own.
        """
        config = dict(config)
        with custom_object_scope(custom_objects or {}):
            _read_functions(config, safe_mode)
            config["arguments"] = _arguments(config.get("arguments"))
        return cls(**config)


def _read_functions(config: dict[str, Any], safe_mode: bool | None) -> None:
    """Replace the functions in a config of any version of Keras by functions."""
    name = config.get("name")
    whole = get_registered_object(name) if isinstance(name, str) else None
    refused: dict[str, str | None] = {}
    for key in ("function", "output_shape", "mask"):
        kind = config.pop(f"{key}_type", None)  # as Keras 1 and 2 say how they store it
        module = config.pop("module" if key == "function" else f"{key}_module", None)
        value = config.get(key)
        if not is_stored(value, kind):
            try:
                config[key] = _named(value, module) if kind == "function" else _read(value)
            except UnknownNameError:
                if not isinstance(whole, Lambda) and not _is_function(whole):
                    raise
                config[key] = _part(whole, key, name)
        elif isinstance(value, _StoredLambda) and safe_mode is False:
            config[key] = value.function
        elif isinstance(whole, Lambda) or _is_function(whole):
            config[key] = _part(whole, key, name)
        elif (stored := name_of(value)) and _is_function(found := get_registered_object(stored)):
            config[key] = found
        elif SWITCH.is_on:
            code, defaults, closure = parts_of(value)
            config[key] = stored_function(code, *(deserialize_as((), part) for part in (defaults, closure)))
        else:
            refused[key] = stored
    if refused.keys() == {"output_shape"} and callable(config["function"]) and not is_own(config["function"]):
        del refused["output_shape"]
        config["output_shape"] = None  # of a function that the user gives, for which it is worked out
    if refused:
        raise refusal(name, refused)


def _part(whole: Any, key: str, name: Any) -> Any:
    """Return the function, output shape or mask of what the user gives for a layer whose file holds bytecode."""
    if isinstance(whole, Lambda):
        return {"function": whole.function, "output_shape": whole._output_shape, "mask": whole.mask}[key]
    if key == "mask":
        warn_user(
            f"The mask of the Lambda layer {name!r} is a function in the file, which is never loaded, and"
            " custom_objects give only the function of the layer: its output has no mask. Give"
            " `Lambda(function, mask=...)` there."
        )
    return whole if key == "function" else None  # its shape is worked out


def _read(value: Any) -> Any:
    return deserialize_as(kinds.FUNCTIONS, value) if isinstance(value, dict) else value


def _named(name: Any, module: Any) -> Any:
    """Return the function that Keras 1 or 2 stores by its name."""
    if not isinstance(name, str):
        raise FileContentError(f"A function is stored by its name. Received: {name!r:.100}")
    return deserialize_as(
        kinds.FUNCTIONS, {"class_name": "function", "config": name, "module": module, "registered_name": name}
    )


def _arguments(value: Any) -> Any:
    """Return the further arguments of the function; Keras 2 stores arrays in a way of its own."""
    if not isinstance(value, dict) or "class_name" in value:
        return deserialize_as(kinds.VALUES, value)
    is_array = {
        k: isinstance(v, dict) and v.keys() == {"type", "value"} and v["type"] == "ndarray" for k, v in value.items()
    }
    return {k: np.array(v["value"]) if is_array[k] else deserialize_as(kinds.VALUES, v) for k, v in value.items()}


def _is_function(found: Any) -> bool:
    return callable(found) and not inspect.isclass(found)  # a class would be made by each call


class _StoredLambda(dict[str, Any]):
    """Config of a lambda, which knows the lambda as long as it stays in this process."""

    function: Callable[..., Any]


def _config_of(value: Any) -> Any:
    """Return a function, or any other value, as configs hold it; a lambda in Keras's format, as bytecode."""
    value = unmade(as_given(value))
    if getattr(value, "__name__", None) != "<lambda>":
        return serialize_keras_object(value)
    code = base64.encodebytes(marshal.dumps(value.__code__)).decode("ascii")
    cells = [serialize_keras_object(cell.cell_contents) for cell in value.__closure__ or ()]
    parts = {"code": code, "defaults": value.__defaults__, "closure": tuple(cells) or None}
    config = _StoredLambda({"class_name": "__lambda__", "config": parts})
    config.function = value
    return config
