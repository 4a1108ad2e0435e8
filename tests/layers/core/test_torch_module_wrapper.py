"""`TorchModuleWrapper`: a plain torch module as a layer."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import torchkeras_compat as keras
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


def test_what_is_not_a_module_is_refused() -> None:
    with pytest.raises(ValueError, match="torch.nn.Module.*<class 'function'>"):
        layers.TorchModuleWrapper(lambda x: x)  # type: ignore[arg-type]


def test_files_take_the_module_from_custom_objects(tmp_path: Path) -> None:
    module, other, x = nn.Linear(4, 3), nn.Linear(4, 3), torch.randn(2, 4)
    model = Sequential([Input((4,)), layers.TorchModuleWrapper(module, name="inner"), layers.Dense(2)])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", custom_objects={"inner": other})
    torch.testing.assert_close(again(x), model(x))
    assert again.layers[0].module is not other


class Own(nn.Linear):
    """A class that is not torch's."""


@pytest.mark.parametrize("safe_mode", [True, False])
def test_a_pickle_of_a_file_is_never_read(tmp_path: Path, safe_mode: bool) -> None:
    Sequential([Input((4,)), Own(4, 3)]).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="which `torch.load` would read. It allows arbitrary code execution"):
        keras.models.load_model(tmp_path / "model.keras", safe_mode=safe_mode)
    config = json.loads(json.dumps(layers.TorchModuleWrapper(Own(4, 3)).get_config()))
    with pytest.raises(ValueError, match="never loaded. Pass the module as custom_objects="):
        layers.TorchModuleWrapper.from_config(config, safe_mode=safe_mode)


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_modules_of_torch_come_from_files_as_class_arguments_and_weights(tmp_path: Path, name: str) -> None:
    x = Input((4,))
    h = nn.Sequential(nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6), nn.GELU("tanh"))(x)
    model = Model(x, nn.Linear(6, 3)(h) * 2)
    model.compile("sgd", "mse")
    model.fit(torch.randn(8, 4), torch.randn(8, 3), verbose=0)
    model.save(tmp_path / name)
    again = keras.models.load_model(tmp_path / name)
    data = torch.randn(5, 4)
    assert torch.equal(again(data), model(data))
    assert [type(m) for m in again.modules() if type(m).__module__.startswith("torch.nn")] == [
        *(nn.Sequential, nn.Linear, nn.BatchNorm1d, nn.GELU, nn.Linear)
    ]
    assert [tuple(p.shape) for p in again.parameters()] == [tuple(p.shape) for p in model.parameters()]
    assert again.layers[1].module[0].weight.requires_grad


def test_files_are_those_of_keras(tmp_path: Path, real_keras: Any) -> None:
    module, x = nn.Linear(4, 3), torch.randn(2, 4)
    for writer, reader, how in (
        (keras, real_keras, {"safe_mode": False}),
        (real_keras, keras, {"custom_objects": {"inner": nn.Linear(4, 3)}}),
    ):
        wrapper = writer.layers.TorchModuleWrapper(module, name="inner", output_shape=(None, 3))
        model = writer.Sequential([writer.Input((4,)), wrapper])
        model.save(tmp_path / "model.keras")
        torch.testing.assert_close(reader.models.load_model(tmp_path / "model.keras", **how)(x), model(x))


def test_a_config_of_this_process_knows_its_module() -> None:
    layer = layers.TorchModuleWrapper(nn.Linear(4, 3), name="inner")
    config = layer.get_config()
    again = layers.TorchModuleWrapper.from_config(copy.deepcopy(config), safe_mode=False)
    assert again.name == "inner" and again.module is not layer.module
    torch.testing.assert_close(again.module.weight, layer.module.weight)
    assert type(pickle.loads(pickle.dumps(config))["module"]) is str


def test_a_module_in_the_config_of_a_layer_is_one_too() -> None:
    class Around(layers.Layer):
        def __init__(self, module: nn.Module) -> None:
            super().__init__()
            self.module = module

        def get_config(self) -> dict[str, Any]:
            return {"module": self.module}

    config = keras.saving.serialize_keras_object(Around(nn.Linear(4, 3)))["config"]["module"]
    assert config["class_name"] == "TorchModuleWrapper" and config["module"] == "keras.layers"
    with pytest.raises(ValueError, match="Cannot serialize object MSELoss"):
        keras.saving.serialize_keras_object(nn.MSELoss())


def test_a_module_that_no_config_can_hold_is_refused() -> None:
    with pytest.raises(NotImplementedError, match=r"\(Own\).*up to 33554432 bytes. Received one of 67125248 bytes"):
        layers.TorchModuleWrapper(Own(4096, 4096)).get_config()
    large = layers.TorchModuleWrapper.from_config(layers.TorchModuleWrapper(nn.Linear(4096, 4096)).get_config())
    assert large.module.weight.shape == (4096, 4096)
    module = nn.ReLU()
    module.extra = lambda: None  # type: ignore[assignment]
    with pytest.raises(NotImplementedError, match=r"\(ReLU\) cannot be pickled .*lambda.*state_dict"):
        layers.TorchModuleWrapper(module).get_config()
