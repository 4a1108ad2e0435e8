"""Arrays of strings in `fit`, `evaluate`, `predict` and datasets."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential, layers, saving, utils
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.data.text_rows import text_rows, with_text_rows
from torchkeras_compat.data.transfer import DirectCopier
from torchkeras_compat.layers.preprocessing.texts import as_texts

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


FORMS: dict[str, Any] = {
    "objects": TEXTS,
    "unicode": TEXTS.astype(str),
    "bytes": TEXTS.astype("S"),
    "column": TEXTS[:, None],
    "list": TEXTS.tolist(),
    "tuple": tuple(TEXTS),
    "list of lists": TEXTS[:, None].tolist(),
    "series": pd.Series(TEXTS),
    "series of strings": pd.Series(TEXTS, dtype="string"),
    "index": pd.Index(TEXTS),
    "categories": pd.Series(TEXTS, dtype="category"),
    "frame": pd.DataFrame({"text": TEXTS}),
}


def _pairs() -> Any:
    return ((TEXTS[i : i + 4], Y[i : i + 4]) for i in range(0, 16, 4))


class _Rows(utils.PyDataset):
    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> Any:
        return pd.Series(TEXTS[4 * index : 4 * index + 4]), Y[4 * index : 4 * index + 4]


class _Samples(torch.utils.data.Dataset[Any]):
    def __len__(self) -> int:
        return 16

    def __getitem__(self, index: int) -> Any:
        return TEXTS[index], Y[index]


SOURCES: dict[str, Any] = {
    "generator": _pairs,
    "generator of lists": lambda: ((x.tolist(), y) for x, y in _pairs()),
    "generator of tuples": lambda: ((tuple(x), y) for x, y in _pairs()),
    "generator of bytes": lambda: ((x.astype("S"), y) for x, y in _pairs()),
    "generator of columns": lambda: ((x[:, None], y) for x, y in _pairs()),
    "PyDataset": lambda: _Rows(),
    "DataLoader": lambda: torch.utils.data.DataLoader(_Samples(), batch_size=4),
    "torch dataset": lambda: _Samples(),
    "pipeline": lambda: Pipeline(lambda: iter(zip(TEXTS, Y, strict=True)), length=16).batch(4),
}


class _Words(Model):
    """The layers of `_model` in a class."""

    def __init__(self, parts: Any) -> None:
        super().__init__()
        self.parts = parts

    def call(self, inputs: Any) -> Any:
        for layer in self.parts:
            inputs = layer(inputs)
        return inputs


def _made(kind: str) -> Any:
    parts = _model().layers
    if kind == "Sequential without Input":
        model: Any = Sequential(parts)
    elif kind == "subclass":
        model = _Words(parts)
    else:
        entry = Input(() if kind == "functional of ()" else (1,), dtype="string")
        outputs: Any = entry
        for layer in parts:
            outputs = layer(outputs)
        model = Model(entry, outputs)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


KINDS = ["Sequential without Input", "subclass", "functional of ()", "functional of (1,)"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_any_form_of_strings_trains_and_predicts(kind: str, form: str) -> None:
    x, wanted = FORMS[form], _twin(2)
    model = _made(kind)
    history = model.fit(x, Y, epochs=2, batch_size=4, shuffle=False, verbose=0, validation_data=(x, Y)).history
    assert history["loss"] == pytest.approx(wanted["history"], rel=1e-5)
    np.testing.assert_allclose(model.predict(x, batch_size=4, verbose=0), wanted["outputs"], rtol=1e-5)
    assert model.evaluate(x, Y, verbose=0) == pytest.approx([history["val_loss"][-1], history["val_accuracy"][-1]])
    np.testing.assert_allclose(model.predict_on_batch(x), wanted["outputs"], rtol=1e-5)
    assert model.test_on_batch(x, Y)[0] == pytest.approx(history["val_loss"][-1])
    assert np.isfinite(model.train_on_batch(x, Y)[0])
    if form != "categories":  # whose numbers a call takes
        assert model(x).shape == (16, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", SOURCES)
def test_any_source_of_strings_trains_and_predicts(kind: str, source: str) -> None:
    wanted = _twin(1)
    model, data = _made(kind), SOURCES[source]
    kwargs = {"batch_size": 4} if source == "torch dataset" else {}
    history = model.fit(data(), shuffle=False, verbose=0, validation_data=data(), **kwargs).history
    assert history["loss"] == pytest.approx(wanted["history"], rel=1e-5)
    np.testing.assert_allclose(model.predict(data(), verbose=0), wanted["outputs"], rtol=1e-5)
    assert model.evaluate(data(), verbose=0) == pytest.approx([history["val_loss"][-1], history["val_accuracy"][-1]])


@functools.cache
def _twin(epochs: int) -> Any:
    """What the model learns from the places of the words."""
    twin, places = _places(_model()), _model().layers[0](TEXTS)
    history = twin.fit(places, Y, epochs=epochs, batch_size=4, shuffle=False, verbose=0).history
    return {"history": history["loss"], "outputs": twin.predict(places, verbose=0)}


def test_a_model_that_strings_built_is_saved(tmp_path: Path) -> None:
    model = _made("Sequential without Input")
    wanted = model.predict(TEXTS, verbose=0)
    assert model.input_shape == (None,) or model.input_shape[1:] == ()
    model.save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(TEXTS.tolist(), verbose=0), wanted)
    built = Sequential(_model().layers)
    built.build((None,))
    assert built.inputs[0].dtype == "string"


@pytest.mark.parametrize("workers", [0, 1])
def test_layers_of_words_run_in_datasets(workers: int) -> None:
    model = _model()
    words = model.layers[0]
    wanted = words(TEXTS)

    class Places(_Samples):
        def __getitem__(self, index: int) -> Any:
            return words(TEXTS[index]), Y[index]

    loader = torch.utils.data.DataLoader(Places(), batch_size=4, num_workers=workers)
    torch.testing.assert_close(torch.cat([x for x, _ in loader]), wanted)
    samples = Pipeline(lambda: iter(zip(TEXTS, Y, strict=True))).map(lambda x, y: (words(x), y), num_parallel_calls=2)
    torch.testing.assert_close(torch.cat([x for x, _ in samples.batch(4)]), wanted)
    assert np.isfinite(_places(model).fit(samples.batch(4), verbose=0).history["loss"]).all()


def test_named_inputs_of_strings_come_in_any_form() -> None:
    word, size = Input((1,), dtype="string", name="word"), Input((1,), name="size")
    hot = layers.StringLookup(vocabulary=["x", "y"], output_mode="multi_hot")(word)
    model: Any = Model({"word": word, "size": size}, layers.Dense(1)(layers.Concatenate()([hot, size])))
    model.compile("sgd", "mse")
    wanted = model.predict({"word": np.array(["x", "y", "z"]), "size": np.ones(3)}, verbose=0)
    frame = pd.DataFrame({"word": ["x", "y", "z"], "size": 1.0})
    kinds: list[Any] = [["x", "y", "z"], [["x"], ["y"], ["z"]], frame["word"], frame["word"].astype("category")]
    for words in kinds:
        x = {"word": words, "size": np.ones(3)}
        np.testing.assert_array_equal(model.predict(x, verbose=0), wanted)
        np.testing.assert_array_equal(model.predict_on_batch(x), wanted)
        np.testing.assert_array_equal(model.predict(iter([(x,)]), verbose=0), wanted) if words is kinds[0] else None
    model.fit(dict(frame), np.ones(3), verbose=0)


def test_strings_are_not_copied_in_each_step() -> None:
    rows = text_rows(TEXTS)
    assert rows is not None
    batch = rows.read(4, 8)
    assert np.shares_memory(batch, TEXTS)
    assert np.shares_memory(as_texts(batch, "x"), TEXTS)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_missing_strings_are_refused(missing: Any) -> None:
    for x in (np.array(["a", missing], object), pd.Series(["a", missing])):
        with pytest.raises(TypeError, match=r"Received a missing value.*fillna\(''\)"):
            _model().predict(x, verbose=0)


def test_layers_of_numbers_say_that_they_take_no_strings() -> None:
    with pytest.raises(
        ValueError, match=r"'head' of type Dense takes numbers, and received strings of shape \(16, 1\)"
    ):
        layers.Dense(1, name="head")(TEXTS[:, None])
    numbers = Sequential([Input((1,)), layers.Dense(1)])
    numbers.compile("sgd", "mse")
    with pytest.raises(ValueError, match="Encode strings and objects as numbers first"):
        numbers.fit(SOURCES["generator of columns"](), verbose=0)


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
