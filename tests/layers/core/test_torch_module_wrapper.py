"""`TorchModuleWrapper`: a plain torch module as a layer."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat import Input, Model, Sequential, layers


def test_it_computes_with_the_module_and_lists_its_weights() -> None:
    module = nn.Linear(4, 2)
    layer = layers.TorchModuleWrapper(module, name="wrapped")
    x = torch.randn(3, 4)
    torch.testing.assert_close(layer(x), module(x))
    assert [v.shape for v in layer.weights] == [(2, 4), (2,)]
    assert layer.weights[0].parameters[0] is module.weight
    assert layer(Input((4,))).shape == (None, 2)


def test_the_training_state_reaches_the_module() -> None:
    layer = layers.TorchModuleWrapper(nn.Dropout(1.0))
    x = torch.ones(2, 3)
    assert layer(x).sum() == 6 and layer(x, training=True).sum() == 0
    assert not layer.module.training


def test_plain_modules_are_wrapped_in_models() -> None:
    model = Sequential([Input((4,)), nn.Linear(4, 3), layers.Dense(2)])
    assert model(torch.zeros(5, 4)).shape == (5, 2)
    x = Input((4,))
    assert Model(x, layers.TorchModuleWrapper(nn.Linear(4, 3))(x))(torch.zeros(5, 4)).shape == (5, 3)


def test_the_state_dictionary_is_what_is_saved() -> None:
    layer, other = (layers.TorchModuleWrapper(nn.BatchNorm1d(3)) for _ in range(2))
    layer(torch.randn(8, 3), training=True)
    store: dict[str, torch.Tensor] = {}
    layer.save_own_variables(store)
    other.load_own_variables({key: value.numpy() for key, value in store.items()})
    torch.testing.assert_close(other.module.running_mean, layer.module.running_mean)


def test_what_is_not_a_module_is_refused_and_configs_are_not_made() -> None:
    with pytest.raises(ValueError, match="torch.nn.Module.*<class 'function'>"):
        layers.TorchModuleWrapper(lambda x: x)  # type: ignore[arg-type]
    with pytest.raises(NotImplementedError, match="Linear"):
        layers.TorchModuleWrapper(nn.Linear(1, 1)).get_config()
