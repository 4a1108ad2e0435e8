"""From learning-rate schedules to their configs and back."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.deserialization import deserialize_config
from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule
from torchkeras_compat.serialization import serialize_keras_object


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return the config of a schedule in Keras's format."""
    config: dict[str, Any] = serialize_keras_object(learning_rate_schedule)
    return config


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the schedule that :func:`serialize` described.

    Raises:
        ValueError: no schedule has this name.
    """
    return deserialize_config("schedules", config, custom_objects)
