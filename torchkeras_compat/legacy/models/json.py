"""Models from JSON as Keras 1, 2 and tf.keras wrote it: the architecture, without what ``compile`` received."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.models.from_json import model_from_json as core_model_from_json


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the model that ``to_json`` described, not compiled: a loss of the user is not asked for.

    Args:
        json_string: What ``to_json`` returned.
        custom_objects: Further names and their classes.

    Raises:
        FileContentError: it is not JSON, or describes no model that can be made.
        UnknownNameError: it names a class or function that is not known.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> model_from_json(Sequential([layers.Dense(2, input_dim=3)]).to_json()).output_shape
        (None, 2)

    Source: Keras 2.3 API, model_from_json.
    """
    try:
        config = json.loads(json_string)
    except (ValueError, TypeError, RecursionError):
        return core_model_from_json(json_string, custom_objects)  # which says what is wrong
    if isinstance(config, dict):
        config.pop("compile_config", None)
    return core_model_from_json(json.dumps(config), custom_objects)
