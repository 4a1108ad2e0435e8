"""Features and crosses of a `FeatureSpace`."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
import torch

from torchkeras_compat import layers, saving
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.utils import FeatureSpace
from torchkeras_compat.utils.features import (
    Cross,
    Feature,
    TFDConcat,
    TFDIdentity,
    cardinality,
    deserialized,
    learns,
    serialized,
)


def test_configs_are_those_of_keras(real_keras: ModuleType) -> None:
    serialize = real_keras.saving.serialize_keras_object
    theirs: Any = real_keras.utils.FeatureSpace
    for name in ("float", "float_rescaled", "float_normalized"):
        ours = serialized(getattr(FeatureSpace, name)(name="x"))
        assert json.dumps(ours) == json.dumps(serialize(getattr(theirs, name)(name="x")))
    ours = serialized(FeatureSpace.cross(("a", "b"), 3))
    assert json.dumps(ours) == json.dumps(serialize(theirs.cross(("a", "b"), 3)))
    assert FeatureSpace.cross(("a", "b", "c"), 3).name == theirs.cross(("a", "b", "c"), 3).name


def test_configs_are_read_again() -> None:
    feature = FeatureSpace.string_hashed(5, name="town")
    again = deserialized(serialized(feature), Feature)
    assert again.get_config() == feature.get_config()
    cross = Cross(("a", "b"), 3, "int")
    assert deserialized(serialized(cross), Cross).get_config() == cross.get_config()
    as_tuple = {"class_name": "__tuple__", "items": ["a", "b"]}
    entry: Any = serialized(cross)
    assert deserialized({**entry, "config": {**entry["config"], "feature_names": as_tuple}}, Cross).name == "a_X_b"
    assert deserialized("float", Feature) == "float"
    plain = deserialized(serialized(FeatureSpace.float(name="x")), Feature)
    assert type(plain.preprocessor) is TFDIdentity


@saving.register_keras_serializable("tests_of_features")
def doubled(x: Any) -> Any:
    return x * 2


def test_functions_of_the_user_are_read_again() -> None:
    again = deserialized(serialized(Feature("float32", doubled, "float")), Feature)
    assert again.preprocessor is doubled


@pytest.mark.parametrize("config", [{}, {"dtype": "float32"}, {"dtype": "float32", "preprocessor": 1, "extra": 2}])
def test_broken_configs_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(FileContentError, match="config of a feature of a FeatureSpace is not whole"):
        deserialized({"class_name": "Feature", "config": config}, Feature)


@pytest.mark.parametrize("mode", ["multi_hot", "float"])
def test_modes_of_crosses_are_checked(mode: str) -> None:
    with pytest.raises(ValueError, match=f"output_mode={mode}"):
        Cross(("a", "b"), 3, mode)


def test_features_are_checked() -> None:
    with pytest.raises(ValueError, match="output_mode=bad"):
        Feature("float32", layers.Identity(), "bad")
    with pytest.raises(ValueError, match="layer or a function of a tensor. Received: 'rescaling'"):
        Feature("float32", "rescaling", "float")
    with pytest.raises(ValueError, match="nonsense"):
        Feature("nonsense", layers.Identity(), "float")


def test_features_are_joined() -> None:
    joined = TFDConcat(axis=-1)([torch.ones(2, 1), torch.zeros(2, 2, dtype=torch.float64)])
    assert joined.tolist() == [[1.0, 0.0, 0.0]] * 2 and joined.dtype is torch.float32
    assert TFDConcat()([torch.ones(2, 1)]).shape == (2, 1)
    assert TFDConcat().compute_output_shape([(None, 1), (None, 2)]) == (None, 3)


@pytest.mark.parametrize(
    ("layer", "size", "has_to_learn"),
    [
        (lambda: layers.IntegerLookup(vocabulary=[1, 2]), 3, False),
        (lambda: layers.StringLookup(), 1, True),
        (lambda: layers.Hashing(4), 4, False),
        (lambda: layers.HashedCrossing(5), 5, False),
        (lambda: layers.Discretization(num_bins=6), 6, True),
        (lambda: layers.Discretization([1.0, 2.0]), 3, False),
        (lambda: layers.Normalization(), None, True),
        (lambda: layers.Normalization(mean=0.0, variance=1.0), None, False),
        (lambda: layers.TextVectorization(), None, True),
        (lambda: layers.TextVectorization(vocabulary=["a"]), None, False),
        (lambda: layers.Rescaling(2.0), None, False),
        (lambda: abs, None, False),
    ],
)
def test_layers_say_what_they_need_and_give(layer: Any, size: int | None, has_to_learn: bool) -> None:
    made = layer()
    assert (cardinality(made), learns(made)) == (size, has_to_learn)
