"""Losses between the outputs of two models, in any nesting; numbers are those of real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import losses
from torchkeras_compat.deserialization import deserialize_keras_object
from torchkeras_compat.distillation.base import DistillationLoss
from torchkeras_compat.distillation.feature_distillation import FeatureDistillation
from torchkeras_compat.distillation.logits_distillation import LogitsDistillation
from torchkeras_compat.serialization import serialize_keras_object

LOSSES = ["kl_divergence", "mse", "mae", "categorical_crossentropy", "cosine_similarity", "huber", "Huber"]


@pytest.fixture
def outputs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 3)).astype("float32"), rng.normal(size=(6, 3)).astype("float32")


def both(outputs: tuple[np.ndarray, np.ndarray]) -> list[torch.Tensor]:
    return [torch.tensor(x) for x in outputs]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("temperature", [1, 2.5])
def test_numbers_are_those_of_keras(real_keras, outputs, name, temperature):
    tensors = both(outputs)
    theirs = real_keras.distillation
    expected = theirs.LogitsDistillation(temperature, name).compute_loss(*tensors)
    torch.testing.assert_close(LogitsDistillation(temperature, name).compute_loss(*tensors), expected)
    torch.testing.assert_close(
        FeatureDistillation(name).compute_loss(*tensors), theirs.FeatureDistillation(name).compute_loss(*tensors)
    )


@pytest.mark.parametrize("loss", [{"a": "mse", "b": "mae"}, {"a": None, "b": "mae"}])
def test_losses_nested_as_the_outputs_are_added(real_keras, outputs, loss):
    nested = [{"a": x, "b": 2 * x} for x in both(outputs)]
    expected = real_keras.distillation.LogitsDistillation(2.0, loss).compute_loss(*nested)
    torch.testing.assert_close(LogitsDistillation(2.0, loss).compute_loss(*nested), expected)


def test_one_loss_for_several_outputs_is_their_mean(real_keras, outputs):
    nested = [[x, 2 * x] for x in both(outputs)]
    expected = real_keras.distillation.LogitsDistillation(2.0, "mse").compute_loss(*nested)
    torch.testing.assert_close(LogitsDistillation(2.0, "mse").compute_loss(*nested), expected)


def test_functions_and_losses_of_both_libraries_are_taken(outputs):
    a, b = both(outputs)
    mse = ((a - b) ** 2).mean()
    for loss in (losses.MeanSquaredError(), losses.mean_squared_error, torch.nn.MSELoss(), lambda x, y: (x - y) ** 2):
        torch.testing.assert_close(FeatureDistillation(loss).compute_loss(a, b), mse)
    # torch has the prediction first.
    expected = torch.nn.functional.kl_div(b, a, log_target=True, reduction="batchmean")
    found = FeatureDistillation(torch.nn.KLDivLoss(log_target=True, reduction="batchmean")).compute_loss(a, b)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("loss", [{"a": "mse", "b": None}, ["mse", losses.Huber(delta=0.5)]])
def test_nested_losses_come_back(loss):
    config = serialize_keras_object(LogitsDistillation(loss=loss))
    assert serialize_keras_object(deserialize_keras_object(config)) == config


def test_what_does_not_go_together_is_refused(outputs):
    a, b = both(outputs)
    with pytest.raises(ValueError, match=r"shape \(6, 3\) with outputs of the student of shape \(6, 2\)"):
        FeatureDistillation("mse").compute_loss(a, b[:, :2])
    with pytest.raises(ValueError, match="nested otherwise than the outputs of the student"):
        LogitsDistillation(loss={"a": "mse"}).compute_loss([a, a], [b, b])
    with pytest.raises(ValueError):
        LogitsDistillation().validate_outputs(a, {"output": b})
    with pytest.raises(NotImplementedError, match="DistillationLoss does not define `compute_loss`"):
        DistillationLoss().compute_loss(a, b)
