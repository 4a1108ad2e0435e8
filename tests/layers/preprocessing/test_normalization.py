"""`Normalization` beside real Keras."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential, layers

DATA = np.random.RandomState(0).normal(3, 2, size=(20, 3, 4)).astype("float32")


@pytest.mark.parametrize("axis", [-1, 1, (1, 2), None])
@pytest.mark.parametrize("invert", [False, True])
def test_adapting_gives_what_keras_gives(axis: Any, invert: bool, real_keras: ModuleType) -> None:
    ours = layers.Normalization(axis=axis, invert=invert, name="n")
    theirs = real_keras.layers.Normalization(axis=axis, invert=invert, name="n")
    ours.adapt(DATA)
    theirs.adapt(DATA)
    torch.testing.assert_close(ours(DATA), theirs(DATA), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(ours.mean, theirs.mean, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ours.variance, theirs.variance, rtol=1e-5, atol=1e-5)
    assert [(w.path, w.shape, w.dtype) for w in ours.weights] == [
        (w.path, tuple(w.shape), str(w.dtype)) for w in theirs.weights
    ]
    config, wanted = ours.get_config(), theirs.get_config()
    config.pop("dtype"), wanted.pop("dtype")
    assert config["axis"] == (tuple(wanted["axis"]) if wanted["axis"] else None) and set(config) == set(wanted)


@pytest.mark.parametrize(
    "data",
    [
        torch.tensor(DATA),
        [DATA[:7], DATA[7:]],
        [(DATA[:7], 1), (DATA[7:], 2)],
        torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.tensor(DATA)), batch_size=6),
        (part for part in (DATA[:1], DATA[1:])),
    ],
    ids=["tensor", "batches", "pairs", "loader", "generator"],
)
def test_batches_give_what_the_whole_gives(data: Any) -> None:
    whole, parts = layers.Normalization(), layers.Normalization()
    whole.adapt(DATA)
    parts.adapt(data)
    torch.testing.assert_close(parts.mean, whole.mean)
    torch.testing.assert_close(parts.variance, whole.variance)


@pytest.mark.parametrize("statistics", [(3.0, 2.0), ([1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0])])
def test_statistics_may_be_given(statistics: Any, real_keras: ModuleType) -> None:
    ours = layers.Normalization(mean=statistics[0], variance=statistics[1])
    theirs = real_keras.layers.Normalization(mean=statistics[0], variance=statistics[1])
    torch.testing.assert_close(ours(DATA), theirs(DATA), rtol=1e-5, atol=1e-6)
    assert ours.weights == []
    again = layers.Normalization.from_config(ours.get_config())
    torch.testing.assert_close(again(DATA), ours(DATA))
    with pytest.raises(ValueError, match="cannot be adapted"):
        ours.adapt(DATA)


def test_it_stands_in_models_and_copies_with_its_statistics() -> None:
    norm = layers.Normalization()
    norm.adapt(DATA[:, 0])
    model = Sequential([layers.Input((4,)), norm, layers.Dense(2)])
    torch.testing.assert_close(copy.deepcopy(model)(torch.tensor(DATA[:, 0])), model(torch.tensor(DATA[:, 0])))
    inputs = Input((4,))
    other = Model(inputs, layers.Normalization()(inputs))
    other.set_weights(norm.get_weights())
    torch.testing.assert_close(other(torch.tensor(DATA[:, 0])), norm(torch.tensor(DATA[:, 0])))


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: layers.Normalization(mean=1.0), "both `mean` and `variance`"),
        (lambda: layers.Normalization(axis=3).adapt(DATA), r"axis=\(3,\)"),
        (lambda: layers.Normalization(axis=1)(Input((None, 4))), "known size"),
        (lambda: layers.Normalization().adapt([]), "no data"),
        (lambda: layers.Normalization().mean, "adapt"),
    ],
)
def test_bad_input_is_refused(action: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        action()


def test_data_frames_and_columns_are_learned_from() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, 3.0], "b": [2, 6]})
    layer = layers.Normalization()
    layer.adapt(frame)
    assert layer.mean.tolist() == [[2.0, 4.0]] and layer.variance.tolist() == [[1.0, 4.0]]
    column = layers.Normalization()
    column.adapt(frame["a"])
    assert column(np.array([[3.0]], "float32")).tolist() == [[1.0]]
