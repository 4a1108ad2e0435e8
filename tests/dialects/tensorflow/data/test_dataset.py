"""Datasets where a user meets them: in `fit` and its like, and in `adapt`."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.tensor import Tensor

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def model() -> Any:
    keras.utils.set_random_seed(0)
    made = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    made.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return made


def test_training_equals_training_on_arrays() -> None:
    first = model().fit(X, Y, batch_size=8, shuffle=False, epochs=2, verbose=0)
    dataset = Dataset.from_tensor_slices((X, Y)).batch(8)
    second = model().fit(dataset, epochs=2, verbose=0)
    third = model().fit(dataset.map(lambda x, y: (x, y), -1).prefetch(2), epochs=2, verbose=0)
    assert first.history["loss"] == second.history["loss"] == third.history["loss"]


def test_evaluation_prediction_and_class_weights() -> None:
    dataset = Dataset.from_tensor_slices((X, Y)).shuffle(40, seed=0).batch(8)
    made = model()
    history = made.fit(dataset, validation_data=dataset.take(2), class_weight={0: 1.0, 1: 2.0}, verbose=0).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(made.evaluate(dataset, verbose=0)) == 2
    assert made.predict(dataset.map(lambda x, y: x), verbose=0).shape == (40, 1)


def test_an_endless_dataset_needs_steps() -> None:
    endless = Dataset.from_tensor_slices((X, Y)).repeat().batch(8)
    assert len(model().fit(endless, steps_per_epoch=3, epochs=2, verbose=0).epoch) == 2


def test_training_gets_plain_tensors() -> None:
    adapter = make_adapter(Dataset.from_tensor_slices(({"a": X}, Y)).batch(8), device="cpu")
    x, y, _ = next(iter(adapter.epoch()))
    assert type(x["a"]) is torch.Tensor and type(y) is torch.Tensor
    assert adapter.num_batches == 5


def test_single_samples_are_refused() -> None:
    with pytest.raises(ValueError, match=r"single samples, and training needs batches: call `.batch\(32\)`"):
        model().fit(Dataset.from_tensor_slices((X, Y)))


def test_layers_learn_from_datasets() -> None:
    layer = keras.layers.Normalization()
    layer.adapt(Dataset.from_tensor_slices((X, Y)).batch(7).map(lambda x, y: x))
    np.testing.assert_allclose(layer.mean.reshape(-1), X.mean(0), rtol=1e-5, atol=1e-6)
    texts = keras.layers.TextVectorization()
    texts.adapt(Dataset.from_tensor_slices(["a b", "b c"]).batch(2))
    assert texts.get_vocabulary()[:3] == ["", "[UNK]", "b"]
    made = keras.Sequential([texts, keras.layers.Embedding(5, 2), keras.layers.GlobalAveragePooling1D()])
    made.compile("sgd", "mse")
    made.fit(Dataset.from_tensor_slices((["a b", "b c"], np.zeros((2, 2)))).batch(2), verbose=0)


def test_a_dataset_of_utils_becomes_one() -> None:
    pipeline = Pipeline(lambda: iter([torch.zeros(2, 3)]), 1, class_names=["a", "b"], is_batched=True)
    dataset = Dataset.of_pipeline(pipeline)
    assert dataset.class_names == ["a", "b"] and len(dataset) == 1 and dataset.is_batched
    assert type(next(iter(dataset.map(lambda x: x + 1)))) is Tensor
    assert Dataset.of_pipeline(dataset) is dataset


def test_splitting() -> None:
    left, right = keras.utils.split_dataset(Dataset.from_tensor_slices((X, Y)).batch(8), left_size=0.5)
    assert len(left) == len(right) == 20
    assert type(left[0][0]) is torch.Tensor


def test_streaming_takes_constant_memory() -> None:
    def read(count: int) -> int:
        dataset = Dataset.range(count).map(lambda n: torch.zeros(1000)).batch(10).prefetch(2)
        tracemalloc.start()
        for _ in dataset.elements():
            pass
        return tracemalloc.get_traced_memory()[1]

    try:
        few = read(500)
        tracemalloc.stop()
        assert read(2500) < few + 100_000
    finally:
        tracemalloc.stop()
