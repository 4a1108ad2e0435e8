"""`FeatureDistillation`; numbers are those of real Keras."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.deserialization import deserialize_keras_object
from torchkeras_compat.distillation.feature_distillation import FeatureDistillation
from torchkeras_compat.serialization import serialize_keras_object

LOSSES = ["kl_divergence", "mse", "mae", "categorical_crossentropy", "cosine_similarity", "huber", "Huber"]


@pytest.mark.parametrize("name", LOSSES)
def test_numbers_of_features_are_those_of_keras(real_keras, outputs, name):
    theirs = real_keras.distillation
    torch.testing.assert_close(
        FeatureDistillation(name).compute_loss(*outputs), theirs.FeatureDistillation(name).compute_loss(*outputs)
    )


def test_configs_of_features_go_both_ways(real_keras):
    loss = FeatureDistillation("mae", "encoder", "small")
    config = serialize_keras_object(loss)
    theirs = real_keras.saving.deserialize_keras_object(config)
    assert type(theirs).__name__ == type(loss).__name__
    back = deserialize_keras_object(real_keras.saving.serialize_keras_object(theirs))
    assert serialize_keras_object(back) == config


def test_features_of_other_shapes_are_refused(outputs):
    a, b = outputs
    with pytest.raises(ValueError, match=r"shape \(6, 3\) with outputs of the student of shape \(6, 2\)"):
        FeatureDistillation("mse").compute_loss(a, b[:, :2])
