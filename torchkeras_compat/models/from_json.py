"""Models from JSON, the architecture alone."""

from __future__ import annotations

import contextlib
from typing import Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_model
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.saving.file_limits import FileLimits, check_config, parsed_json
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.old_files import is_keras2, to_keras3
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.serialization import sharing_objects


def model_from_json(json_string: str, custom_objects: Any = None, *, limits: FileLimits | None = None) -> Any:
    """Return the unbuilt or graph model that ``to_json`` described.

    Args:
        json_string: What ``to_json`` returned.
        custom_objects: Further names and their classes.
        limits: What the JSON may ask for, see `keras.saving.FileLimits`; None for the defaults.

    Raises:
        FileContentError: it is not JSON, or describes no model that can be made.
        FileLimitError: it asks for more memory or time than the limits allow; there are no weights that a large model
            would be in proportion to, so `bytes_without_weights` counts.
        UnknownNameError: it names a class or function that is not known.
        FileSafetyError: it names something that a plugin does not declare safe to make from a file.
    """
    source = "the JSON"
    with reading(source, limits) as allowed, reading_file(source):
        if isinstance(json_string, str) and json_string[-5:].lower() == ".json" and "{" not in json_string:
            raise FileContentError(f"{json_string!r} is the path of a file. Pass the text in it: `open(path).read()`.")
        config = parsed_json(json_string, source)
        check_config(config, allowed, source)
        is_old = isinstance(config, dict) and is_keras2(version := config.get("keras_version", "3"))
        scope = contextlib.nullcontext() if is_old else sharing_objects()
        with MemoryBudget(source, None, allowed), custom_object_scope(custom_objects or {}), scope:
            return deserialize_model(to_keras3(config, version) if is_old else config)
