"""Models from the configs that Keras 1, 2 and tf.keras kept in JSON and YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.legacy.models.json import model_from_json


def model_from_config(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the model that a config describes, not compiled.

    Args:
        config: ``{"class_name": ..., "config": ...}``, as in the JSON of a model.
        custom_objects: Further names and their classes.

    Raises:
        FileContentError: it describes no model that can be made.
        TypeError: it is a list, as ``get_config`` of a Sequential once was, or holds what JSON has no words for.
        UnknownNameError: it names a class or function that is not known.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> config = Sequential([layers.Dense(2, input_dim=3)]).get_config()
        >>> model_from_config({"class_name": "Sequential", "config": config}).output_shape
        (None, 2)

    Source: Keras 2.3 API, model_from_config.
    """
    if isinstance(config, list):
        raise TypeError("`model_from_config` takes a dictionary. For a list of layers use `Sequential.from_config`.")
    return model_from_json(json.dumps(config), custom_objects)
