"""Masks in functional models: which layers get them, and in which order they put the layers. Oracle: Keras 3.15."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.layers.layer.masks import get_mask, set_mask

pytestmark = pytest.mark.filterwarnings("ignore:Layer .* destroy the mask:UserWarning")  # Keras's, of its models

A = np.array([[1, 2, 0, 0], [3, 0, 0, 0], [1, 2, 3, 4]])
B = np.array([[4, 0, 0, 0], [3, 1, 0, 0], [1, 2, 3, 0]])


def _embed(k: Any, x: Any, masked: bool = True) -> Any:
    return k.layers.Embedding(7, 3, mask_zero=masked)(x)


def _inner(k: Any) -> Any:
    x = k.Input((4,), dtype="int32")
    return k.Model(x, _embed(k, x))


def _dense(k: Any) -> Any:
    x = k.Input((4, 3))
    return k.Model(x, k.layers.Dense(3)(x))


def _partly(k: Any) -> Any:
    x = k.Input((4,), dtype="int32")
    return k.Model(x, [_embed(k, x), _embed(k, x, masked=False)])


def _joined(k: Any, tensors: Any, axis: int = 1) -> Any:
    return k.layers.LSTM(2)(k.layers.Concatenate(axis=axis)(list(tensors)))


GRAPHS = {
    "added": lambda k, a, b: k.layers.LSTM(2)(k.layers.Add()([_embed(k, a), _embed(k, b)])),
    "joined": lambda k, a, b: _joined(k, [_embed(k, a), _embed(k, b)]),
    "joined features": lambda k, a, b: _joined(k, [_embed(k, b), _embed(k, a)], -1),
    "one without": lambda k, a, b: _joined(k, [_embed(k, b, masked=False), _embed(k, a)]),
    "the other without": lambda k, a, b: _joined(k, [_embed(k, a), _embed(k, b, masked=False)], -1),
    "three": lambda k, a, b: _joined(k, [_embed(k, a), _embed(k, b, masked=False), _embed(k, a)]),
    "attention": lambda k, a, b: k.layers.MultiHeadAttention(2, 3)(_embed(k, a), _embed(k, b)),
    "nested": lambda k, a, b: _joined(k, map(_inner(k), (a, b))),
    "nested features": lambda k, a, b: _joined(k, map(_inner(k), (a, b)), -1),
    "nested beside a layer": lambda k, a, b: _joined(k, [_inner(k)(a), _embed(k, b)]),
    "nested of masked input": lambda k, a, b: _joined(k, [_dense(k)(_embed(k, a)), _embed(k, b)]),
    "nested without mask": lambda k, a, b: _joined(k, [_dense(k)(_embed(k, a, masked=False)), _embed(k, b)]),
    "nested with one mask": lambda k, a, b: _joined(k, [*_partly(k)(a), *_partly(k)(b)]),
}


@pytest.fixture(params=GRAPHS)
def both(request, real_keras):
    def build(k: Any) -> Any:
        a, b = k.Input((4,), dtype="int32", name="a"), k.Input((4,), dtype="int32", name="b")
        model = k.Model([a, b], GRAPHS[request.param](k, a, b))
        # By position, which the layers of both must share: two embeddings have the same shape.
        model.set_weights([np.random.RandomState(i).rand(*w.shape) for i, w in enumerate(model.get_weights())])
        return model

    return build(ours), build(real_keras)


def test_layers_come_in_keras_order_and_compute_its_numbers(both):
    own, theirs = both
    assert [type(x).__name__ for x in own.layers] == [type(x).__name__ for x in theirs.layers]
    np.testing.assert_allclose(own.predict([A, B], verbose=0), theirs.predict([A, B], verbose=0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("form", ["keras", "h5", "weights.h5"])
@pytest.mark.parametrize("direction", ["to keras", "from keras"])
def test_files_hold_the_weights_in_keras_order(both, form, direction, real_keras, tmp_path):
    writer, reader = both if direction == "to keras" else both[::-1]
    package = real_keras if direction == "to keras" else ours
    logging.getLogger("absl").setLevel(logging.ERROR)  # Keras calls `.h5` legacy
    path = tmp_path / f"model.{form}"
    if form == "weights.h5":
        writer.save_weights(path)
        reader.set_weights([np.zeros_like(w) for w in reader.get_weights()])
        reader.load_weights(path)
    else:
        writer.save(path)
        reader = package.models.load_model(path)
    np.testing.assert_allclose(
        reader.predict([A, B], verbose=0), writer.predict([A, B], verbose=0), rtol=1e-4, atol=1e-5
    )


def test_a_nested_model_whose_output_drops_the_mask_has_none():
    x = layers.Input((4, 3))
    inner = ours.Model(x, layers.LSTM(3)(x))
    ids = layers.Input((4,), dtype="int32")
    y = inner(layers.Embedding(7, 3, mask_zero=True)(ids))
    assert get_mask(y) is None
    calls = {id(layer): len(layer._inbound_nodes) for layer in inner.layers}
    inner(layers.Embedding(7, 3, mask_zero=True)(ids))
    assert {id(layer): len(layer._inbound_nodes) for layer in inner.layers} == calls


@pytest.mark.filterwarnings("ignore:The layer .* drops the mask:UserWarning")
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 1)])
def test_flatten_keeps_no_mask(shape):
    x = torch.randn(shape)
    set_mask(x, torch.ones(2, 3, dtype=torch.bool))
    y = layers.Flatten()(x)
    assert get_mask(y) is None and get_mask(x) is not None
    torch.testing.assert_close(y, x.reshape(2, -1))


@pytest.mark.parametrize("order", ["masked first", "masked last", "both masked", "nested"])
def test_a_shared_batch_normalization_trains_as_that_of_keras(order, real_keras):
    def trained(k: Any) -> Any:
        a, b = k.Input((4,), dtype="int32", name="a"), k.Input((4,), dtype="int32", name="b")
        norm: Any = k.layers.BatchNormalization()
        if order == "nested":
            x = k.Input((4, 3))
            norm = k.Model(x, norm(x))
        first, second = _embed(k, a, order != "masked last"), _embed(k, b, order in ("masked last", "both masked"))
        parts = [k.layers.GlobalAveragePooling1D()(norm(x)) for x in (first, second)]
        model = k.Model([a, b], k.layers.Add()(parts))
        model.set_weights([np.random.RandomState(i).rand(*w.shape) for i, w in enumerate(model.get_weights())])
        model.compile("sgd", "mse")
        model.fit([A, B], np.ones((3, 3)), batch_size=3, verbose=0)
        return [*model.get_weights(), model.predict([A, B], verbose=0)]

    for own, theirs in zip(trained(ours), trained(real_keras), strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-4, atol=1e-5)
