"""Arrays of strings in `fit`, `evaluate`, `predict` and datasets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential, layers, utils
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.data.text_rows import text_rows, with_text_rows
from torchkeras_compat.data.transfer import DirectCopier

TEXTS = np.array(["good film", "bad film", "good good", "bad bad awful"] * 4, object)
Y = np.array([1.0, 0.0, 1.0, 0.0] * 4, "float32")


def _model() -> Any:
    utils.set_random_seed(0)
    words = layers.TextVectorization(output_sequence_length=4)
    words.adapt(TEXTS)
    model = Sequential(
        [
            Input((1,), dtype="string"),
            words,
            layers.Embedding(10, 4, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def _places(model: Any) -> Any:
    """The model behind the vectorisation, which learns the same of its output."""
    twin = Sequential([Input((4,), dtype="int64"), *model.layers[1:]])
    twin.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return twin


@pytest.mark.parametrize("x", [TEXTS, TEXTS[:, None], TEXTS.astype(str)], ids=["objects", "column", "unicode"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_fit_on_strings_is_fit_on_their_places(x: Any, shuffle: bool) -> None:
    ours, other = _model(), _model()
    twin, places = _places(other), other.layers[0](TEXTS)
    arguments: dict[str, Any] = {"epochs": 2, "batch_size": 3, "shuffle": shuffle, "verbose": 0}
    utils.set_random_seed(1)
    history = ours.fit(x, Y, validation_split=0.25, **arguments).history
    utils.set_random_seed(1)
    wanted = twin.fit(places, Y, validation_split=0.25, **arguments).history
    for name, values in history.items():
        assert values == pytest.approx(wanted[name], rel=1e-6)
    np.testing.assert_allclose(ours.predict(x, verbose=0), twin.predict(places, verbose=0), rtol=1e-6)
    assert ours.evaluate(x, Y, verbose=0) == pytest.approx(twin.evaluate(places, Y, verbose=0), rel=1e-6)


def test_strings_become_places_in_map_of_a_dataset() -> None:
    model = _model()
    dataset = Pipeline(lambda: iter([(text, label) for text, label in zip(TEXTS, Y, strict=True)])).batch(4)
    words = layers.TextVectorization(output_sequence_length=4)
    words.adapt(dataset.map(lambda x, y: x))
    assert words.get_vocabulary() == model.layers[0].get_vocabulary()
    history = _places(model).fit(dataset.map(lambda x, y: (words(x), y)), epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_strings_and_numbers_are_inputs_beside_each_other() -> None:
    pandas = pytest.importorskip("pandas")
    word, number = Input((1,), dtype="string", name="word"), Input((1,), name="number")
    hot = layers.StringLookup(vocabulary=["x", "y"], output_mode="multi_hot")(word)
    model: Any = Model([word, number], layers.Dense(1)(layers.Concatenate()([hot, number])))
    model.compile("sgd", "mse")
    frame = pandas.DataFrame({"word": ["x", "y", "z"], "number": [1.0, 2.0, 3.0]})
    x = {"word": frame["word"], "number": frame["number"]}
    model.fit(x, np.ones(3), verbose=0)
    arrays = {"word": np.array([["x"], ["y"], ["z"]]), "number": np.array([[1.0], [2.0], [3.0]])}
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(arrays, verbose=0))


def test_rows_of_strings_are_sliced_and_gathered() -> None:
    rows = text_rows(np.array([b"a", b"b", b"c"]))
    assert rows is not None and rows.shape == (3,)
    assert rows.part(1, 3).read(0, 1).tolist() == ["b"]
    assert rows.gather(torch.tensor([2, 0])).tolist() == ["c", "a"]
    assert text_rows(np.zeros(2)) is None and text_rows(np.array([1, "a"], object)) is None
    [leaf] = DirectCopier(torch.device("cpu")).start([rows.read(0, 2)])
    assert leaf.tolist() == ["a", "b"]


def test_strings_are_refused_where_nothing_takes_them() -> None:
    with pytest.raises(ValueError, match="`y` has dtype object"):
        _model().fit(TEXTS, TEXTS, verbose=0)
    numbers = Sequential([Input((1,)), layers.Dense(1)])
    numbers.compile("sgd", "mse")
    with pytest.raises(ValueError, match="`x` has dtype object"):
        numbers.fit(TEXTS, Y, verbose=0)


def test_numbers_pass_without_a_look_at_the_layers() -> None:
    class Unseen(torch.nn.Module):
        def modules(self, remove_duplicate: bool = True) -> Any:
            raise AssertionError("its layers were looked at")

    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]})
    for x in (np.ones((2, 3)), [np.ones(2), torch.ones(2)], {"a": np.arange(2)}, frame, frame["a"], frame.index, None):
        assert with_text_rows(Unseen(), x) is x
    with pytest.raises(AssertionError, match="looked at"):
        with_text_rows(Unseen(), {"a": np.arange(2), "b": np.array(["x", "y"])})
    with pytest.raises(AssertionError, match="looked at"):
        with_text_rows(Unseen(), pd.DataFrame({"a": [1.0], "b": ["x"]}))
