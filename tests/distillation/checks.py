"""A check of distillation losses that stands in several test modules."""

from __future__ import annotations

from types import ModuleType

from torchkeras_compat.deserialization import deserialize_keras_object
from torchkeras_compat.distillation.base import DistillationLoss
from torchkeras_compat.serialization import serialize_keras_object


def check_config(loss: DistillationLoss, real_keras: ModuleType) -> None:
    """The config of a loss makes it again, here and in real Keras."""
    config = serialize_keras_object(loss)
    theirs = real_keras.saving.deserialize_keras_object(config)
    assert type(theirs).__name__ == type(loss).__name__
    back = deserialize_keras_object(real_keras.saving.serialize_keras_object(theirs))
    assert serialize_keras_object(back) == config
