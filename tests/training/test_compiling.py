"""What `compile` keeps on a model, and where the batches of the model go."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn

from torchkeras_compat import Model, Sequential, layers, losses


class Holder(Model):
    """A model of torch modules."""

    def __init__(self, *parts: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)


def scripted() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's deprecation
        return torch.jit.trace(nn.Sequential(nn.Linear(2, 2)), torch.zeros(1, 2))


@pytest.mark.parametrize(
    "parts",
    [
        lambda: [nn.ReLU(), nn.Sequential(nn.ReLU(), nn.Linear(2, 2)), nn.Linear(2, 2, device="meta")],
        lambda: [nn.Linear(2, 2, device="meta"), nn.Linear(2, 2)],
        lambda: [nn.BatchNorm1d(2, affine=False), nn.ParameterList([nn.Parameter(torch.zeros(1, device="meta"))])],
    ],
)
def test_batches_go_where_the_first_parameter_is(parts):
    model = Holder(*parts())
    assert model._data_device() == next(model.parameters()).device


def test_a_module_of_torchscript_is_looked_through():
    model = Model()
    model.inner = scripted()
    assert model._data_device() == torch.device("cpu")


def test_without_parameters_batches_go_where_new_weights_would():
    relu = nn.ReLU()
    relu.add_module("nothing", None)
    assert Holder(relu)._data_device() == torch.device("cpu")


def test_a_compile_that_fails_leaves_the_model_as_it_was():
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    before = dict(vars(model))
    for arguments in ({"loss": "no such loss"}, {"optimizer": "no such"}, {"metrics": ["no such"]}):
        with pytest.raises(ValueError, match="no such"):
            model.compile(**{"optimizer": "sgd", "loss": losses.MeanSquaredError(), **arguments})
        assert vars(model) == before
