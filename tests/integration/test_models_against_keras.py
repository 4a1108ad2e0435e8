"""The same code gives, here and in real Keras, the same names, weights, tables, numbers and configurations."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import naming

_spec = importlib.util.spec_from_file_location("architectures", Path(__file__).parent / "architectures.py")
architectures: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(architectures)


@pytest.fixture(scope="module", params=architectures.ALL, ids=lambda make: make.__name__)
def make(request):
    return request.param


@pytest.fixture(scope="module")
def pair(make, real_keras):
    """Our model and Keras's, with the weights of Keras's in both; no test changes them."""
    real_keras.utils.clear_session()
    naming.reset_names()
    theirs = make(real_keras)
    ours = make(torchkeras_compat)
    ours.set_weights(theirs.get_weights())
    return ours, theirs


def data(make: Any, rows: int = 3) -> Any:
    r = np.random.default_rng(0)
    floats = {
        "two_inputs": lambda: [r.normal(size=(rows, 4)), r.normal(size=(rows, 6))],
        "shared_layer": lambda: {"a": r.normal(size=(rows, 4)), "b": r.normal(size=(rows, 4))},
        "image": lambda: r.normal(size=(rows, 8, 8, 3)),
    }
    if make.__name__ == "text":
        x = r.integers(1, 11, size=(rows, 6))
        x[0, 3:] = 0
        return x.astype("int32")
    made = floats.get(make.__name__, lambda: r.normal(size=(rows, 4)))()
    as_float = lambda a: a.astype("float32")  # noqa: E731
    return (
        {k: as_float(v) for k, v in made.items()}
        if isinstance(made, dict)
        else [as_float(v) for v in made]
        if isinstance(made, list)
        else as_float(made)
    )


def arrays(outputs: Any) -> list[np.ndarray]:
    if isinstance(outputs, dict):
        return [a for k in sorted(outputs) for a in arrays(outputs[k])]
    if isinstance(outputs, (list, tuple)):
        return [a for o in outputs for a in arrays(o)]
    return [outputs.detach().numpy() if isinstance(outputs, torch.Tensor) else np.asarray(outputs)]


def table(model: Any, **options: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def test_layers_have_the_same_names_in_the_same_order(pair):
    ours, theirs = pair
    assert ours.name == theirs.name
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]


def test_weights_have_the_same_paths_shapes_and_order(pair, make):
    ours, theirs = pair
    describe = lambda m: [(v.path, tuple(v.shape), v.trainable, v.name) for v in m.weights]  # noqa: E731
    assert describe(ours) == describe(theirs)
    parts = ["trainable_weights", "non_trainable_weights", "trainable_variables"]
    if make is not architectures.text:  # Keras's recurrent layers have a seed even where nothing is random
        parts.append("non_trainable_variables")
    for part in parts:
        assert [v.path for v in getattr(ours, part)] == [v.path for v in getattr(theirs, part)], part
    assert ours.count_params() == theirs.count_params()


def test_outputs_are_equal(pair, make):
    ours, theirs = pair
    x = data(make)
    for mine, wanted in zip(arrays(ours(x)), arrays(theirs(x)), strict=True):
        assert mine.dtype == wanted.dtype
        np.testing.assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5)


def test_outputs_in_training_mode_have_equal_shapes(pair, make):
    ours, theirs = pair
    x = data(make)
    assert [a.shape for a in arrays(ours(x, training=True))] == [a.shape for a in arrays(theirs(x, training=True))]


@pytest.mark.parametrize(
    "options",
    [{}, {"line_length": 100}, {"line_length": 60}, {"expand_nested": True}, {"show_trainable": True}],
    ids=str,
)
@pytest.mark.parametrize("columns", ["80", "200"])
def test_summary_prints_the_same_table(pair, options, columns, monkeypatch):
    if options.get("line_length", 0) > int(columns):
        pytest.skip("what is wider than the terminal is cut by the terminal of the oracle")
    monkeypatch.setenv("COLUMNS", columns)
    ours, theirs = pair
    assert table(ours, **options) == table(theirs, **options)


def test_summary_prints_the_same_table_after_training(real_keras, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    real_keras.utils.clear_session()
    tables = []
    for K in (real_keras, torchkeras_compat):
        model = architectures.frozen(K)
        model.compile("adam", loss="mse")
        model.fit(np.zeros((4, 4), "float32"), np.zeros((4, 2), "float32"), verbose=0)
        tables.append(table(model))
    assert tables[0] == tables[1]
    assert "Optimizer params" in tables[0]


def test_input_and_output_shapes_are_equal(pair, make):
    if make is architectures.subclassed:
        pytest.skip("a subclassed model has no symbolic inputs")
    ours, theirs = pair
    assert ours.input_shape == theirs.input_shape
    assert ours.output_shape == theirs.output_shape


def test_real_keras_reads_our_json(pair, make, real_keras):
    if make is architectures.subclassed:
        pytest.skip("the class is not registered")
    ours, theirs = pair
    read = real_keras.models.model_from_json(ours.to_json())
    assert [layer.name for layer in read.layers] == [layer.name for layer in theirs.layers]
    read.set_weights(theirs.get_weights())
    for a, b in zip(arrays(read(data(make))), arrays(theirs(data(make))), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_we_read_the_json_of_real_keras(pair, make, real_keras):
    if make is architectures.subclassed:
        pytest.skip("the class is not registered")
    ours, theirs = pair
    read = torchkeras_compat.models.model_from_json(theirs.to_json())
    assert [layer.name for layer in read.layers] == [layer.name for layer in theirs.layers]
    again = real_keras.models.model_from_json(theirs.to_json())
    assert [v.path for v in read.weights] == [v.path for v in again.weights]
    read.set_weights(theirs.get_weights())
    for a, b in zip(arrays(read(data(make))), arrays(ours(data(make))), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_from_config_gives_an_equal_model(pair, make):
    if make is architectures.subclassed:
        pytest.skip("a subclassed model describes itself only with its own get_config")
    ours, _ = pair
    twin = type(ours).from_config(ours.get_config())
    assert twin.name == ours.name
    assert [v.name for v in twin.weights] == [v.name for v in ours.weights]
    assert list(twin.state_dict()) == list(ours.state_dict())
    twin.set_weights(ours.get_weights())
    for a, b in zip(arrays(twin(data(make))), arrays(ours(data(make))), strict=True):
        np.testing.assert_array_equal(a, b)


def random_graph(K: Any, seed: int) -> Any:
    """Return a model whose branches, shared layers, inputs and outputs are drawn."""
    r = np.random.default_rng(seed)
    tensors = [K.Input((2,), name=f"i{n}") for n in range(r.integers(1, 4))]
    inputs = list(tensors)
    shared = [K.layers.Dense(2, name=f"s{n}") for n in range(2)]
    pick = lambda: tensors[r.integers(len(tensors))]  # noqa: E731
    for n in range(r.integers(2, 10)):
        kind = r.random()
        if kind < 0.45:
            tensors.append(K.layers.Dense(2, name=f"d{n}")(pick()))
        elif kind < 0.65:
            tensors.append(shared[r.integers(2)](pick()))
        else:
            tensors.append(pick() + pick())
    made = tensors[len(inputs) :]
    outputs = [made[n] for n in r.permutation(len(made))[: r.integers(1, 4)]]
    return K.Model([inputs[n] for n in r.permutation(len(inputs))], outputs)


@pytest.mark.parametrize("seed", range(20))
def test_layers_of_any_graph_come_in_the_same_order(seed, real_keras):
    ours, theirs = random_graph(torchkeras_compat, seed), random_graph(real_keras, seed)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert [v.path for v in ours.weights] == [v.path for v in theirs.weights]
    x = [torch.randn(2, 2) for _ in ours.inputs]
    ours.set_weights(theirs.get_weights())
    for a, b in zip(arrays(ours(x)), arrays(theirs(x)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_names_go_on_counting_like_those_of_keras(real_keras):
    real_keras.utils.clear_session()
    found = []
    for K in (real_keras, torchkeras_compat):
        names = []
        for _ in range(2):
            model = K.Sequential([K.layers.Dense(2), K.layers.Conv2DTranspose(1, 2), K.layers.LSTM(1)])
            names += [model.name, *(layer.name for layer in model.layers)]
            deferred = K.Sequential([K.layers.Dense(2), K.layers.Dense(2)])
            deferred(np.zeros((3, 2), "float32"))
            x = K.Input((2,))
            graph = K.Model(x, deferred(x))
            names += [deferred.name, graph.name, graph.layers[0].name, deferred.weights[-1].path]
        found.append(names)
    assert found[0] == found[1]


def test_module_names_are_not_touched_by_the_oracle():
    assert "keras" not in sys.modules or sys.modules["keras"] is not torchkeras_compat
