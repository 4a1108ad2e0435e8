"""`LogitsDistillation`; numbers are those of real Keras."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import losses
from torchkeras_compat.deserialization import deserialize_keras_object
from torchkeras_compat.distillation.logits_distillation import LogitsDistillation
from torchkeras_compat.serialization import serialize_keras_object

LOSSES = ["kl_divergence", "mse", "mae", "categorical_crossentropy", "cosine_similarity", "huber", "Huber"]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("temperature", [1, 2.5])
def test_numbers_are_those_of_keras(real_keras, outputs, name, temperature):
    theirs = real_keras.distillation
    expected = theirs.LogitsDistillation(temperature, name).compute_loss(*outputs)
    torch.testing.assert_close(LogitsDistillation(temperature, name).compute_loss(*outputs), expected)


@pytest.mark.parametrize("loss", [{"a": "mse", "b": "mae"}, {"a": None, "b": "mae"}])
def test_losses_nested_as_the_outputs_are_added(real_keras, outputs, loss):
    nested = [{"a": x, "b": 2 * x} for x in outputs]
    expected = real_keras.distillation.LogitsDistillation(2.0, loss).compute_loss(*nested)
    torch.testing.assert_close(LogitsDistillation(2.0, loss).compute_loss(*nested), expected)


def test_one_loss_for_several_outputs_is_their_mean(real_keras, outputs):
    nested = [[x, 2 * x] for x in outputs]
    expected = real_keras.distillation.LogitsDistillation(2.0, "mse").compute_loss(*nested)
    torch.testing.assert_close(LogitsDistillation(2.0, "mse").compute_loss(*nested), expected)


@pytest.mark.parametrize(
    "loss",
    [
        LogitsDistillation(2.0, "mse"),
        LogitsDistillation(2, losses.MeanSquaredError(reduction="sum")),
    ],
)
def test_configs_go_both_ways(real_keras, loss):
    config = serialize_keras_object(loss)
    theirs = real_keras.saving.deserialize_keras_object(config)
    assert type(theirs).__name__ == type(loss).__name__
    back = deserialize_keras_object(real_keras.saving.serialize_keras_object(theirs))
    assert serialize_keras_object(back) == config


@pytest.mark.parametrize("loss", [{"a": "mse", "b": None}, ["mse", losses.Huber(delta=0.5)]])
def test_nested_losses_come_back(loss):
    config = serialize_keras_object(LogitsDistillation(loss=loss))
    assert serialize_keras_object(deserialize_keras_object(config)) == config


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"temperature": "hot"}, "temperature must be a number, got <class 'str'>"),
        ({"temperature": True}, "temperature must be a number"),
        ({"temperature": 0}, "temperature must be positive. Received: temperature=0"),
        ({"temperature": float("nan")}, "temperature must be positive"),
        ({"loss": "nope"}, "nope"),
        ({"loss": None}, "At least one loss must be non-`None`"),
        ({"loss": [None, None]}, "At least one loss must be non-`None`"),
    ],
)
def test_bad_arguments_are_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        LogitsDistillation(**arguments)


def test_what_does_not_go_together_is_refused(outputs):
    a, b = outputs
    with pytest.raises(ValueError, match="nested otherwise than the outputs of the student"):
        LogitsDistillation(loss={"a": "mse"}).compute_loss([a, a], [b, b])
    with pytest.raises(ValueError):
        LogitsDistillation().validate_outputs(a, {"output": b})
