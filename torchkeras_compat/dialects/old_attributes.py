"""Attributes and methods that layers, models, metrics and optimizers of Keras 1 and 2 had and Keras 3 has not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.dialects.methods import generators
from torchkeras_compat.public_names import named


def _shapes(tensors: Any) -> Any:
    return tree.map_structure(lambda x: x.shape, tensors)


def _call_at(layer: Any, index: int, what: str) -> Any:
    """Return the recorded call of a layer at a position.

    Raises:
        AttributeError: it was not called on symbolic tensors.
        ValueError: there are fewer calls.
    """
    calls = layer._inbound_nodes
    if not calls:
        raise AttributeError(f"The layer {layer.name!r} has no defined {what}: it was not called on symbolic tensors.")
    if not -len(calls) <= index < len(calls):
        raise ValueError(
            f"Asked to get {what} at node {index}, but the layer {layer.name!r} has only {len(calls)} inbound nodes."
        )
    return calls[index]


def _one_or_list(tensors: Any) -> Any:
    flat = list(tensors)
    return flat[0] if len(flat) == 1 else flat


def _input_at(layer: Any, index: int = 0) -> Any:
    return _one_or_list(_call_at(layer, index, "input").explicit_inputs)


def _output_at(layer: Any, index: int = 0) -> Any:
    return _one_or_list(_call_at(layer, index, "output").output_tensors)


def _input_shape(layer: Any) -> Any:
    """The shape of what the layer was called on, or built for."""
    if layer._inbound_nodes:
        return _shapes(_input_at(layer))
    config = layer.get_build_config() or {}
    shape = config.get("input_shape", config.get("shapes_dict"))
    if shape is None:
        raise AttributeError(
            f"The layer {layer.name!r} has never been called and thus has no defined input shape. Call it first."
        )
    return tuple(shape)


def _output_shape(layer: Any) -> Any:
    if layer._inbound_nodes:
        return _shapes(_output_at(layer))
    return layer.compute_output_shape(_input_shape(layer))


def _weight(layer: Any, names: tuple[str, ...], old: str) -> Any:
    for name in names:
        found = getattr(layer, name, None)
        if found is not None:
            return found
    raise AttributeError(f"{type(layer).__name__!r} object has no attribute {old!r}")


def _mask_at(layer: Any, index: int, method: Callable[[Any, int], Any]) -> Any:
    return tree.map_structure(lambda x: getattr(x, "_keras_mask", None), method(layer, index))


def _reset_states(metric: Any) -> None:
    """Set the state of a metric back: ``reset_states`` of Keras 2."""
    metric.reset_state()


def _to_yaml(model: Any, **kwargs: Any) -> Any:
    return named("legacy.models.yaml.to_yaml")(model, **kwargs)


def _add_update(layer: Any, updates: Any, inputs: Any = None) -> None:
    """Take an update that has been made: values are assigned at once here."""


def _get_shape(tensor: Any) -> Any:
    """Return the shape of a symbolic tensor as TensorFlow 1 gave it, with ``as_list``."""
    return named("dialects.tensorflow.shapes.TensorShape")(tensor.shape)


def _get_updates(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
    return named("legacy.optimizers.recorded_updates.get_updates")(optimizer, *args, **kwargs)


def _get_gradients(optimizer: Any, loss: Any, params: Any) -> Any:
    return named("legacy.optimizers.recorded_updates.get_gradients")(optimizer, loss, params)


def _made_ahead(model: Any) -> None:
    """Make the function of a batch ahead, for other threads: there is nothing to make."""


def _method(function: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda self: functools.partial(function, self)


def _none_found(layer: Any, inputs: Any = None) -> list[Any]:
    return []


ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "input_shape": _input_shape,
    "output_shape": _output_shape,
    "input_mask": lambda layer: _mask_at(layer, 0, _input_at),
    "output_mask": lambda layer: _mask_at(layer, 0, _output_at),
    "get_input_at": _method(_input_at),
    "get_output_at": _method(_output_at),
    "get_input_shape_at": _method(lambda layer, index: _shapes(_input_at(layer, index))),
    "get_output_shape_at": _method(lambda layer, index: _shapes(_output_at(layer, index))),
    "get_input_mask_at": _method(lambda layer, index: _mask_at(layer, index, _input_at)),
    "get_output_mask_at": _method(lambda layer, index: _mask_at(layer, index, _output_at)),
    "_keras_shape": lambda tensor: tensor.shape,
    "get_shape": _method(_get_shape),
    "inbound_nodes": lambda layer: list(layer._inbound_nodes),
    "outbound_nodes": lambda layer: list(getattr(layer, "_outbound_nodes", ())),
    "W": lambda layer: _weight(layer, ("kernel", "embeddings"), "W"),
    "b": lambda layer: _weight(layer, ("bias",), "b"),
    "updates": lambda layer: [],
    "add_update": _method(_add_update),
    "get_updates_for": _method(_none_found),
    "get_losses_for": _method(lambda layer, inputs=None: layer.losses),
    "uses_learning_phase": lambda layer: layer._call_spec.has_training,
    "dynamic": lambda layer: False,
    "reset_states": _method(_reset_states),
    "to_yaml": _method(_to_yaml),
    "get_updates": _method(_get_updates),
    "get_gradients": _method(_get_gradients),
    "_make_train_function": _method(_made_ahead),
    "_make_test_function": _method(_made_ahead),
    "_make_predict_function": _method(_made_ahead),
    "fit_generator": _method(generators.fit_generator),
    "evaluate_generator": _method(generators.evaluate_generator),
    "predict_generator": _method(generators.predict_generator),
    "predict_proba": _method(generators.predict_proba),
    "predict_classes": _method(generators.predict_classes),
}
