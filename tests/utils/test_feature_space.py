"""`FeatureSpace` beside real Keras, whose own needs TensorFlow for all but the symbolic part of numbers."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from torchkeras_compat import Input, Model, layers, saving
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.utils import FeatureSpace

N = 10
DATA: dict[str, Any] = {
    "float_1": [i / 10 for i in range(N)],
    "float_2": [i / 10 for i in range(N)],
    "float_3": [i / 10 for i in range(N)],
    "string_1": [str(i) for i in range(N)],
    "string_2": [str(i) for i in range(N)],
    "int_1": list(range(N)),
    "int_2": list(range(N)),
    "int_3": list(range(N)),
}
ROWS = [{name: values[i] for name, values in DATA.items()} for i in range(N)]
FEATURES = {
    "float_1": "float",
    "float_2": "float_normalized",
    "float_3": "float_discretized",
    "string_1": "string_categorical",
    "string_2": "string_hashed",
    "int_1": "integer_categorical",
    "int_2": "integer_hashed",
    "int_3": "integer_categorical",
}
CROSSES = [("float_3", "string_1"), ("string_2", "int_2")]


def _space(**arguments: Any) -> FeatureSpace:
    return FeatureSpace(FEATURES, crosses=CROSSES, **arguments)


def _adapted(**arguments: Any) -> FeatureSpace:
    space = _space(**arguments)
    space.adapt(DATA)
    return space


def _numbers(keras: Any, **arguments: Any) -> Any:
    """A space of numbers, whose layers need neither data nor TensorFlow."""
    kind, layer = keras.utils.FeatureSpace, keras.layers
    space = kind(
        {
            "z": kind.float(),
            "b": kind.float_rescaled(2.0, 1.0),
            "n": kind.feature("float32", layer.Normalization(mean=1.0, variance=4.0), "float"),
            "c": kind.feature("int64", layer.CategoryEncoding(5), "float"),
        },
        **arguments,
    )
    space._is_adapted = True
    return space


@pytest.mark.filterwarnings("ignore:[\\s\\S]*The structure of `inputs` doesn't match")  # of Keras, which it does
def test_encoded_numbers_are_those_of_keras(real_keras: ModuleType) -> None:
    import torchkeras_compat as keras

    ours, theirs = _numbers(keras), _numbers(real_keras)
    x = {"z": [1.0, 2.0], "b": [3.0, 4.0], "n": [5.0, 6.0], "c": [1, 2]}
    arrays = {name: torch.tensor(x[name])[:, None] for name in sorted(x)}  # the order that Keras's model wants
    twin = real_keras.Model(theirs.get_inputs(), theirs.get_encoded_features())
    torch.testing.assert_close(ours(x), twin(arrays))
    model: Any = Model(ours.get_inputs(), ours.get_encoded_features())
    torch.testing.assert_close(model(arrays), twin(arrays))
    assert {k: (v.shape, v.dtype) for k, v in ours.get_inputs().items()} == {
        k: (v.shape, v.dtype) for k, v in theirs.get_inputs().items()
    }
    by_name = _numbers(keras, output_mode="dict")
    assert {k: (v.shape, v.dtype) for k, v in by_name.get_encoded_features().items()} == {
        k: (v.shape, v.dtype) for k, v in _numbers(real_keras, output_mode="dict").get_encoded_features().items()
    }


@pytest.mark.filterwarnings("ignore:[\\s\\S]*The structure of `inputs` doesn't match")
@pytest.mark.filterwarnings("ignore:You are saving a model that has not yet been built")
def test_files_of_numbers_go_both_ways(tmp_path: Path, real_keras: ModuleType) -> None:
    import torchkeras_compat as keras

    ours, theirs = _numbers(keras), _numbers(real_keras)
    x = {"z": [1.0, 2.0], "b": [3.0, 4.0], "n": [5.0, 6.0], "c": [1, 2]}
    arrays = {name: torch.tensor(x[name])[:, None] for name in sorted(x)}  # the order that Keras's model wants
    wanted = ours(x)
    ours.save(tmp_path / "ours.keras")
    again = real_keras.models.load_model(tmp_path / "ours.keras")
    torch.testing.assert_close(real_keras.Model(again.get_inputs(), again.get_encoded_features())(arrays), wanted)
    theirs.get_encoded_features()
    theirs.save(str(tmp_path / "theirs.keras"))
    read: Any = saving.load_model(tmp_path / "theirs.keras")
    torch.testing.assert_close(read(x), wanted)
    configs = [
        json.loads(zipfile.ZipFile(tmp_path / name).read("config.json")) for name in ("ours.keras", "theirs.keras")
    ]
    for config in configs:
        config.pop("build_config")  # ours holds the shapes of layers that have something to build, and theirs of all
        for feature in config["config"]["features"].values():
            feature["config"]["preprocessor"].pop("build_config", None)
            feature["config"]["preprocessor"]["config"].pop("name")
            feature["config"]["preprocessor"]["config"]["dtype"].pop("shared_object_id", None)
    assert configs[0] == configs[1]


def test_sizes_are_those_that_keras_documents() -> None:
    space = _adapted()
    assert space(DATA).shape == (N, 195)  # 1 + 1 + 32 + 11 + 32 + 11 + 32 + 11 and two crosses of 32
    assert space(ROWS[0]).shape == (195,)
    torch.testing.assert_close(space(ROWS[3]), space(DATA)[3])
    found = _adapted(output_mode="dict")(DATA)
    assert {name: tuple(value.shape[1:]) for name, value in found.items()} == {
        **{"float_1": (1,), "float_2": (1,), "float_3": (32,), "string_1": (11,), "string_2": (32,)},
        **{"int_1": (11,), "int_2": (32,), "int_3": (11,), "float_3_X_string_1": (32,), "string_2_X_int_2": (32,)},
    }


def test_features_are_what_their_layers_give() -> None:
    space = _adapted(output_mode="dict")
    found = space(DATA)
    texts, numbers = np.array(DATA["string_2"])[:, None], torch.arange(N)[:, None]
    lookup = layers.StringLookup(vocabulary=space.preprocessors["string_1"].get_vocabulary(), output_mode="one_hot")
    torch.testing.assert_close(found["string_1"].long(), lookup(texts))
    torch.testing.assert_close(found["int_2"].long(), layers.Hashing(32, output_mode="one_hot")(numbers).long())
    crossed = layers.HashedCrossing(32, output_mode="one_hot")([layers.Hashing(32)(texts), layers.Hashing(32)(numbers)])
    torch.testing.assert_close(found["string_2_X_int_2"], crossed.to(torch.float32))
    torch.testing.assert_close(found["float_1"], torch.tensor(DATA["float_1"])[:, None])
    assert found["float_2"].mean().abs() < 1e-6 and found["float_2"].std(correction=0) == pytest.approx(1.0, abs=1e-4)
    joined = torch.cat([found[k] for k in [*sorted(FEATURES), "float_3_X_string_1", "string_2_X_int_2"]], dim=-1)
    torch.testing.assert_close(_adapted()(DATA), joined)
    assert space.crossers["string_2_X_int_2"].num_bins == 32


SOURCES: dict[str, Any] = {
    "frame": lambda: pd.DataFrame(DATA),
    "columns": lambda: dict(pd.DataFrame(DATA)),
    "arrays": lambda: {name: np.array(values) for name, values in DATA.items()},
    "samples": lambda: Pipeline(lambda: iter(ROWS), length=N),
    "batches": lambda: Pipeline(lambda: iter(ROWS), length=N).batch(4),
    "generator": lambda: iter(ROWS),
    "list": lambda: ROWS,
    "loader": lambda: DataLoader(ROWS, batch_size=3),  # type: ignore[arg-type]
    "pairs": lambda: [(row, 1.0) for row in ROWS],
}


@pytest.mark.parametrize("source", SOURCES)
def test_adapt_takes_any_source(source: str) -> None:
    space = _space()
    space.adapt(SOURCES[source]())
    torch.testing.assert_close(space(DATA), _adapted()(DATA))
    if source in ("frame", "columns", "arrays"):
        torch.testing.assert_close(space(SOURCES[source]()), space(DATA))
    space.adapt(pd.DataFrame({**DATA, "string_1": ["a", "b"] * 5}))  # again, with fewer words
    assert space(DATA).shape == (N, 195 - 8)


def test_integers_in_a_dictionary() -> None:
    kind = FeatureSpace
    space = kind(
        {
            "float_3": "float_discretized",
            "string_1": kind.string_categorical(output_mode="int"),
            "int_2": kind.integer_hashed(num_bins=32, output_mode="int"),
        },
        crosses=[kind.cross(("float_3", "string_1"), output_mode="int", crossing_dim=32)],
        output_mode="dict",
    )
    space.adapt(DATA)
    found = space(ROWS[0])
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        **{"float_3": (32,), "string_1": (1,), "int_2": (1,), "float_3_X_string_1": (1,)}
    }
    assert not any(found[name].is_floating_point() for name in ("string_1", "int_2", "float_3_X_string_1"))


def test_arguments_of_features_arrive() -> None:
    kind = FeatureSpace
    space = kind(
        {
            "float_1": kind.float(),
            "float_2": kind.float_normalized(),
            "float_3": kind.float_discretized(num_bins=3),
            "string_1": kind.string_categorical(max_tokens=5),
            "string_2": kind.string_hashed(num_bins=32),
            "int_1": kind.integer_categorical(max_tokens=5, num_oov_indices=2),
            "int_2": kind.integer_hashed(num_bins=32),
            "int_3": kind.integer_categorical(max_tokens=5),
        },
        crosses=[kind.cross(("float_3", "string_1"), crossing_dim=32), kind.cross(("string_2", "int_2"), 32)],
    )
    space.adapt(DATA)
    assert space(ROWS[0]).shape == (148,)
    bins = kind({"x": kind.float_discretized(None, [1.0, 2.0])})  # needs no data
    assert bins({"x": [0.5, 1.5, 9.0]}).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    small = kind({"a": "integer_hashed", "b": "float_discretized"}, hashing_dim=3, num_discretization_bins=2)
    small.adapt({"a": [1, 2], "b": [1.0, 2.0]})
    assert small({"a": 1, "b": 1.0}).shape == (5,)


def test_own_layers_are_features() -> None:
    kind = FeatureSpace
    space = kind({"text": kind.feature("string", layers.TextVectorization(output_mode="tf_idf"), "float")})
    texts = {"text": ["1st string", "2nd string", "3rd string"]}
    space.adapt(texts)
    assert space(texts).shape == (3, 5)
    words = layers.TextVectorization(vocabulary=["a", "b"], output_sequence_length=3)
    fixed = kind(
        {"text": kind.feature("string", words, "int"), "n": kind.feature("float32", lambda x: x * 2, "float")},
        output_mode="dict",
    )
    found = fixed({"text": ["a b", "b"], "n": [1.0, 2.0]})  # nothing to learn
    assert found["text"].tolist() == [[2, 3, 0], [3, 0, 0]] and found["n"].tolist() == [[2.0], [4.0]]


def test_models_train_on_raw_features(tmp_path: Path) -> None:
    space = _adapted()
    model: Any = Model(space.get_inputs(), layers.Dense(1)(space.get_encoded_features()))
    model.compile("adam", "mse")
    pairs = Pipeline(lambda: iter([(row, 1.0) for row in ROWS]), length=N)
    model.fit(pairs.batch(4), verbose=0)
    model.fit(dict(pd.DataFrame(DATA)), np.ones(N), verbose=0)
    samples = Pipeline(lambda: iter(ROWS), length=N)
    found = model.predict(samples.batch(4), verbose=0)
    np.testing.assert_allclose(model.predict(dict(pd.DataFrame(DATA)), verbose=0), found, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    again: Any = saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(samples.batch(4), verbose=0), found, rtol=1e-5)


class _Encoded(Dataset[Any]):
    def __init__(self, space: FeatureSpace) -> None:
        self.space = space

    def __len__(self) -> int:
        return N

    def __getitem__(self, index: int) -> Any:
        return self.space(ROWS[index]), 1.0


@pytest.mark.parametrize("workers", [0, 1])
def test_datasets_encode_features_beside_the_training(workers: int) -> None:
    space = _adapted()
    encoded = space.get_encoded_features()
    model: Any = Model(encoded, layers.Dense(1)(encoded))
    model.compile("adam", "mse")
    pairs = Pipeline(lambda: iter([(row, 1.0) for row in ROWS]), length=N)
    before = model.predict(Pipeline(lambda: iter(ROWS), length=N).map(space).batch(4), verbose=0)
    np.testing.assert_allclose(before, model.predict(space(DATA), verbose=0), rtol=1e-5)
    model.fit(pairs.map(lambda x, y: (space(x), y)).batch(4), verbose=0)
    model.evaluate(pairs.batch(4).map(lambda x, y: (space(x), y)), verbose=0)
    model.fit(DataLoader(_Encoded(space), batch_size=4, num_workers=workers), verbose=0)


def test_a_space_is_saved_whole(tmp_path: Path) -> None:
    space = _adapted(name="houses")
    space.save(tmp_path / "space.keras")
    again: Any = saving.load_model(tmp_path / "space.keras")
    torch.testing.assert_close(again(DATA), space(DATA))
    again.save(tmp_path / "again.keras")
    last: Any = saving.load_model(tmp_path / "again.keras")
    torch.testing.assert_close(last(ROWS[0]), space(ROWS[0]))
    assert json.dumps(last.get_config()) == json.dumps(space.get_config())
    made: Any = FeatureSpace.from_config(space.get_config())
    made.adapt(DATA)
    torch.testing.assert_close(made(DATA), space(DATA))
    with zipfile.ZipFile(tmp_path / "space.keras") as archive:
        parts = [name for name in archive.namelist() if name.startswith("assets/")]
        assert "assets/preprocessors/string_lookup/vocabulary.txt" in parts  # where Keras has it


def test_symbols_are_encoded_in_a_graph() -> None:
    space = _adapted()
    entries = {name: Input((1,), dtype=feature.dtype) for name, feature in space.features.items()}
    model: Any = Model(entries, space(entries))
    arrays = {name: np.array(values)[:, None] for name, values in DATA.items()}
    np.testing.assert_allclose(model.predict(arrays, verbose=0), space(DATA), rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"features": {}}, "cannot be None or empty"),
        ({"features": "a"}, "`features` is a dictionary .*features='a'"),
        ({"features": {"a": "nonsense"}}, "Invalid feature type: nonsense"),
        ({"features": {"a": 3}}, "Invalid feature type: 3"),
        ({"features": {"a": "float", "b": "float"}, "crosses": [("a", "b")], "crossing_dim": None}, "`crossing_dim`"),
        ({"features": {"a": "float"}, "crosses": [("a", "c")]}, "should be present in .*'c'"),
        ({"features": {"a": "float"}, "crosses": "a"}, "A cross is a tuple .*Received: 'a'"),
        ({"features": {"a": "float"}, "crosses": [1]}, "A cross is a tuple .*Received: 1"),
        ({"features": {"a": "float"}, "output_mode": "list"}, "for argument `output_mode`.*output_mode=list"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FeatureSpace(**arguments)


def test_wrong_data_are_refused() -> None:
    for ask in (lambda s: s(DATA), lambda s: s.get_inputs(), lambda s: s.get_encoded_features()):
        with pytest.raises(ValueError, match="You need to call `.adapt"):
            ask(_space())
    space = _adapted()
    with pytest.raises(ValueError, match=r"only be called with a dict. Received: data=\[1.0\]"):
        space([1.0])
    with pytest.raises(ValueError, match=r"lacks the features \['int_3'\]"):
        space({name: values for name, values in DATA.items() if name != "int_3"})
    with pytest.raises(ValueError, match=r"must have one length. Received: .*'int_3': 2"):
        space({**DATA, "int_3": [1, 2]})
    with pytest.raises(ValueError, match=r"'int_3' takes integers \(dtype int32\). Received torch.float32"):
        space({**DATA, "int_3": DATA["float_1"]})
    with pytest.raises(TypeError, match="Feature 'string_1' takes strings"):
        space({**DATA, "string_1": DATA["int_1"]})
    with pytest.raises(ValueError, match="Feature 'float_1': Cannot convert list"):
        space({**DATA, "float_1": ["a"] * N})
    with pytest.raises(ValueError, match="takes a dictionary of features.*Received: 3"):
        space.adapt(3)
    with pytest.raises(ValueError, match="dataset of dictionaries of features. Received one of .*Tensor"):
        space.adapt(torch.ones(3))
    with pytest.raises(ValueError, match="received no data"):
        space.adapt([])
    with pytest.raises(ValueError, match="'d' has not been encoded .it has dtype int32"):
        FeatureSpace({"d": FeatureSpace.float_discretized(None, [1.0], output_mode="int")})({"d": 1.0})
    with pytest.raises(ValueError, match="'s' has `output_mode='one_hot'`. However it isn't a standard feature"):
        FeatureSpace({"s": FeatureSpace.feature("int32", layers.Identity(), "one_hot")})({"s": 1})
    assert space(pd.DataFrame({**DATA, "label": 1})).shape == (N, 195)  # what is not a feature is left out
