"""`FlaxLayer`: a module of Flax as a layer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torchkeras_compat import kinds
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.foreign.jax_layer import JaxLayer
from torchkeras_compat.layers.foreign.libraries import library
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.serialization import serialize_keras_object


class FlaxLayer(JaxLayer):
    """A ``flax.linen.Module`` as a layer: its parameters are trained, its other collections are the state.

    Args:
        module: The module.
        method: Method of the module, or function of it, that computes ``(inputs, training)``, ``training`` only where
            it has it; None for ``__call__``.
        variables: What ``module.init`` returns: ``{"params": ...}`` and further collections; None to call it when the
            layer is built.
        kwargs: Arguments of `JaxLayer` and `Layer`: ``seed``, ``name``, ...

    Raises:
        ImportError: JAX or Flax is not installed.
        TypeError: ``method`` cannot be called.
        ValueError: the method has other arguments.

    Example:
        >>> from flax import linen  # doctest: +SKIP
        >>> FlaxLayer(linen.Dense(3))(torch.ones(2, 4)).shape  # doctest: +SKIP
        torch.Size([2, 3])

    Source: Keras API, layers/FlaxLayer.
    """

    def __init__(
        self, module: Any, method: Callable[..., Any] | None = None, variables: Any = None, **kwargs: Any
    ) -> None:
        library("flax", type(self).__name__, "pip install flax")
        if method is not None and not callable(method):
            raise TypeError(f"`method` is a method of the module, or a function of it. Received: {method!r}")
        function = type(module).__call__ if method is None else method
        takes_training = "training" in inspect.signature(function).parameters
        call_fn, init_fn = (_apply_with_training, _init_with_training) if takes_training else (_apply, _init)
        params, state = (None, None) if variables is None else _split(variables)
        super().__init__(
            functools.partial(call_fn, module, method),
            functools.partial(init_fn, module, method),
            params=params,
            state=state,
            **kwargs,
        )
        self.__dict__["module"], self.__dict__["method"] = module, method

    def get_config(self) -> dict[str, Any]:
        config = Layer.get_config(self)
        return {
            **config,
            "native_serialization_platforms": None,
            "module": serialize_keras_object(self.module),
            "method": serialize_keras_object(self.method),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned.

        Args:
            config: What it returned.
            custom_objects: Names and their modules and functions: a config names them, and never brings them.

        Raises:
            ValueError: one of them is not known by its name.
        """
        config = dict(config)
        with custom_object_scope(custom_objects or {}):
            if isinstance(config.get("module"), dict):
                config["module"] = deserialize_as(kinds.VALUES, config["module"])
            method = config.get("method")
            if isinstance(method, dict):
                own = vars(type(config["module"])).get(str(method.get("config")))
                config["method"] = own if callable(own) else deserialize_as(kinds.FUNCTIONS, method)
        return cls(**config)


def _split(variables: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the parameters and the other collections of a module's variables."""
    return variables.get("params", {}), {name: v for name, v in variables.items() if name != "params"}


def _init(module: Any, method: Any, rng: Any, inputs: Any, **training: bool) -> tuple[Any, dict[str, Any]]:
    return _split(module.init({"params": rng}, inputs, method=method, **training))


def _init_with_training(module: Any, method: Any, rng: Any, inputs: Any, training: bool) -> tuple[Any, dict[str, Any]]:
    return _init(module, method, rng, inputs, training=training)


def _apply(
    module: Any, method: Any, params: Any, state: dict[str, Any], rng: Any, inputs: Any, **training: bool
) -> tuple[Any, dict[str, Any]]:
    """Return the outputs of a module, and the collections that it may change.

    Flax draws every kind of random number from the key of ``params`` where there is no other.
    """
    core = library("flax.core", "FlaxLayer", "pip install flax")
    outputs, new = module.apply(
        {"params": params, **state},
        inputs,
        rngs={"params": rng},
        mutable=core.DenyList(["params"]),
        method=method,
        **training,
    )
    return outputs, {name: new.get(name, v) for name, v in state.items()}


def _apply_with_training(
    module: Any, method: Any, params: Any, state: dict[str, Any], rng: Any, inputs: Any, training: bool
) -> tuple[Any, dict[str, Any]]:
    return _apply(module, method, params, state, rng, inputs, training=training)
