"""A layer of a model is replaced by its name, as of any torch module; torch is the oracle."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from torchkeras_compat import layers


def _functional():
    x = layers.Input((6,))
    return keras.Model(x, layers.Dense(3, name="fc")(layers.Dense(4, name="body")(x)))


def _sequential():
    return keras.Sequential([layers.Input((6,)), layers.Dense(4, name="body"), layers.Dense(3, name="fc")])


def _built_by_a_call():
    model = keras.Sequential([layers.Dense(4, name="body"), layers.Dense(3, name="fc")])
    model(torch.zeros(2, 6))
    return model


@pytest.fixture(params=[_functional, _sequential, _built_by_a_call])
def model(request):
    return request.param()


@pytest.fixture
def x():
    return torch.randn(2, 6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Linear(4, 2),
        lambda: nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2)),
        lambda: layers.Dense(2),
        lambda: keras.Sequential([layers.Dense(5), layers.Dense(2)]),
    ],
    ids=["linear", "torch sequential", "dense", "sequential"],
)
def test_the_new_layer_runs(model, make, x):
    new = make()
    model.fc = new
    assert model.fc is new and dict(model.named_children())["fc"] is new
    torch.testing.assert_close(model(x), new(model.body(x)))
    assert model.output_shape[-1] == 2
    keys = {f"fc.{key}" for key in new.state_dict()}
    assert set(model.state_dict()) == keys | {"body.linear.weight", "body.linear.bias"}
    assert any(isinstance(m, type(new)) for m in model.graph_module.modules())
    assert len(model.weights) == len(list(model.parameters())) == len(keys) + 2


def test_the_new_layer_trains(model, x):
    model.compile("sgd", "mse")
    model.fit(x.numpy(), np.ones((2, 3)), verbose=0)
    model.fc = nn.Linear(4, 2)
    model.compile("sgd", "mse")
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.fit(x.numpy(), np.ones((2, 2)), verbose=0)
    assert not any(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_training_on_without_compiling_is_refused(model, x):
    model.compile("adam", "mse")
    model.fit(x.numpy(), np.ones((2, 3)), verbose=0)
    model.fc = nn.Linear(4, 3)
    with pytest.raises(ValueError, match=r"call `model.compile\(...\)` again"):
        model.fit(x.numpy(), np.ones((2, 3)), verbose=0)


def test_files_hold_the_new_layer(model, x, tmp_path):
    model.fc = layers.Dense(2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    torch.testing.assert_close(loaded(x), model(x))
    model.fc = nn.Linear(4, 2)
    model.save_weights(tmp_path / "model.weights.h5")
    expected = model(x).detach()
    nn.init.zeros_(model.fc.weight)
    model.load_weights(tmp_path / "model.weights.h5")
    torch.testing.assert_close(model(x).detach(), expected)


def test_copies_hold_the_new_layer(model, x):
    model.fc = nn.Linear(4, 2)
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(again(x), model(x))
        assert isinstance(again.fc, nn.Linear) and again.fc is not model.fc
        assert list(again.state_dict()) == list(model.state_dict())


def test_the_middle_and_the_mode_and_torchs_own_ways(model, x):
    model.train()
    model.body = nn.Sequential(nn.Linear(6, 4), nn.Dropout(0.5))
    assert not torch.equal(model(x), model(x))
    model.eval()
    torch.testing.assert_close(model(x), model.fc(model.body(x)))
    model.set_submodule("body", nn.Linear(6, 4))
    torch.testing.assert_close(model(x), model.fc(model.body(x)))
    model.add_module("fc", nn.Identity())
    torch.testing.assert_close(model(x), model.body(x))


def test_every_call_of_a_shared_layer_is_replaced():
    a, b, shared = layers.Input((4,)), layers.Input((4,)), layers.Dense(3, name="shared")
    model = keras.Model([a, b], [shared(a), layers.Add()([shared(a), shared(b)])])
    model.shared = nn.Linear(4, 2)
    x, y = torch.randn(2, 4), torch.randn(2, 4)
    first, total = model([x, y])
    torch.testing.assert_close(first, model.shared(x))
    torch.testing.assert_close(total, model.shared(x) + model.shared(y))


def test_a_model_around_runs_it_too(x):
    inner = _functional()
    entry = layers.Input((6,))
    outer = keras.Model(entry, inner(entry))
    inner.fc = nn.Linear(4, 3)
    torch.testing.assert_close(outer(x), inner.fc(inner.body(x)))


def test_what_does_not_fit_changes_nothing(model, x):
    expected, state = model(x), list(model.state_dict())
    for wrong in (nn.Linear(5, 2), layers.Dense(2, name="body")):
        with pytest.raises(ValueError, match=f"cannot run {type(wrong).__name__} in place of its layer 'fc'"):
            model.fc = wrong
    with pytest.raises(TypeError, match="runs the layer 'fc', so that only another layer"):
        model.fc = None
    with pytest.raises(TypeError, match="runs the layer 'fc', so that it cannot be deleted"):
        del model.fc
    torch.testing.assert_close(model(x), expected)
    assert list(model.state_dict()) == state
    assert [layer.name for layer in model.layers][-2:] == ["body", "fc"]


def test_other_attributes_are_attributes(model, x):
    expected = model(x)
    model.extra = nn.Linear(2, 2)
    model.fc = model.fc
    del model.extra
    torch.testing.assert_close(model(x), expected)


def test_models_cut_from_a_model_afterwards_run_the_new_layer(x):
    model = _functional()
    before = keras.Model(model.input, model.get_layer("fc").output)
    expected = before(x)
    model.body = nn.Linear(6, 4)
    after = keras.Model(model.input, model.get_layer("fc").output)
    torch.testing.assert_close(after(x), model(x))
    torch.testing.assert_close(before(x), expected)  # which runs the layer that it was made with
    assert keras.Model.from_config(before.get_config()).count_params() == before.count_params()


def test_a_refused_layer_leaves_no_calls_behind():
    entry = layers.Input((6,))
    hidden = layers.Dense(4, name="body")(entry)
    model = keras.Model(entry, layers.Dense(3, name="fc")(layers.Dense(4, name="b")(hidden)))
    with pytest.raises(ValueError, match="Nothing was changed"):
        model.body = nn.Linear(6, 5)
    assert [len(layer._inbound_nodes) for layer in model.layers] == [1, 1, 1, 1]


def test_a_new_layer_keeps_the_mode_that_was_said(model):
    model.train()
    silent = nn.Linear(4, 3).eval()
    model.fc = silent
    assert silent.training  # a torch module takes the mode of the model
    said = layers.Dense(3)
    said.eval()
    model.fc = said
    assert model.training and not said.training
