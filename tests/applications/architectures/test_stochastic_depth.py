"""`StochasticDepth`: whole samples at random."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Input, Model
from torchkeras_compat.applications.architectures.stochastic_depth import StochasticDepth
from torchkeras_compat.saving import deserialize_keras_object, serialize_keras_object


def test_whole_samples_are_left_out_and_the_mean_stays() -> None:
    y = StochasticDepth(0.3)(torch.ones(4000, 2, 2, 3), training=True)
    first = y[:, :1, :1, :1]
    assert torch.equal(y, first.expand_as(y))
    assert sorted(set(first.flatten().tolist())) == [0.0, pytest.approx(1 / 0.7)]
    assert float(y.mean()) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("rank", [1, 2, 3, 5])
def test_every_rank_goes_in(rank: int) -> None:
    y = StochasticDepth(0.5)(torch.ones(*[8, 2, 3, 2, 2][:rank]), training=True)
    assert y.shape[0] == 8
    assert all(len(set(sample.flatten().tolist())) == 1 for sample in y)


def test_outside_training_nothing_happens() -> None:
    x = torch.rand(3, 2)
    inputs = Input((2,))
    model = Model(inputs, StochasticDepth(0.9)(inputs))
    assert torch.equal(model(x), x)
    assert torch.equal(StochasticDepth(0.9)(x), x)
    assert torch.equal(StochasticDepth(1.0)(x, training=True), torch.zeros(3, 2))


def test_files_name_it_as_keras_does(real_keras) -> None:
    config = serialize_keras_object(StochasticDepth(0.2, name="drop"))
    assert config["module"] == "keras.src.applications.convnext"
    theirs = real_keras.saving.deserialize_keras_object(config)
    assert theirs.get_config() == StochasticDepth(0.2, name="drop").get_config()
    again = deserialize_keras_object(real_keras.saving.serialize_keras_object(theirs))
    assert isinstance(again, StochasticDepth)
    assert (again.drop_path_rate, again.name) == (0.2, "drop")


@pytest.mark.parametrize("rate", [1.5, -0.1, "much"])
def test_another_rate_is_refused(rate) -> None:
    with pytest.raises(ValueError, match="between 0 and 1. Received: rate="):
        StochasticDepth(rate)
