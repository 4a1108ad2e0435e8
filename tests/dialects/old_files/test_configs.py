"""Configs as each version of Keras wrote them: every one loads, with the shapes and numbers of that version.

``configs_of_versions.json`` holds what `to_json` of Keras 1.0.8, 1.1.2, 1.2.2, 2.0.9, 2.1.6, 2.2.4, 2.3.1 and of
tf.keras of TensorFlow 1.13, 2.1, 2.3, 2.6, 2.9, 2.13 and 2.15 wrote, with the shapes that they gave and the first
numbers and the sum of what they computed, with weights ``0.4 sin(0.7 n + 0.3 i)`` and inputs ``cos(0.9 n + 0.5 i)``.
A row after the first of a layer says what differs from the one before. Models hold the settings that are not defaults.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import models
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving import register_keras_serializable

_FACTS = json.loads((Path(__file__).parent / "configs_of_versions.json").read_text())
_Row = dict[str, Any]
# What Keras wrote and could not read itself, or what is not to be had here: words of the refusal.
_REFUSED = {
    "EigenvalueRegularizer": "lacks k: that version did not write",
    '"full"': "padding='full'",
}
# Layers of whose order of axes Keras 1 wrote nothing; alone in a model, they tell nothing of it.
_WITHOUT_ORDERING = tuple(f"{name}{n}D" for name in ("Cropping", "UpSampling", "ZeroPadding") for n in (2, 3))
_AFTER_AN_INPUT = ("CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup")


def _rows(entry: _Row) -> Iterator[_Row]:
    """Yield the rows of a layer, each with all that it says."""
    row: _Row = {"config": {}}
    for change in entry["rows"]:
        config = {k: v for k, v in row["config"].items() if k not in change.get("without", ())}
        row = {**row, **change, "config": {**config, **change.get("config", {})}}
        yield row


def _fill(array: np.ndarray, place: int, name: str) -> np.ndarray:
    if array.dtype.kind != "f":
        return array
    found = (0.4 * np.sin(0.7 * np.arange(array.size) + 0.3 * place)).reshape(array.shape).astype("float32")
    return (np.abs(found) + 0.5).astype(array.dtype) if "variance" in name else found.astype(array.dtype)


def _input(shape: Any, place: int, is_int: bool) -> torch.Tensor:
    count = int(np.prod(shape))
    if is_int:
        return torch.as_tensor((np.arange(count) * 7 + place * 3) % 9).reshape(shape).to(torch.int32)
    return torch.as_tensor(np.cos(0.9 * np.arange(count) + 0.5 * place).reshape(shape).astype("float32"))


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return [_shapes(v) for v in value.values()]
    return [_shapes(v) for v in value] if isinstance(value, (list, tuple)) else value


def _check_numbers(model: Any, weights: Any, inputs: Any, expected: Any, is_int: bool) -> None:
    """Check the first three numbers of the output and their sum, where the weights are those of then in their order."""
    arrays = model.get_weights()
    if expected is None or weights != [list(a.shape) for a in arrays]:
        return
    paths = [v.path for v in model.weights]
    model.set_weights([_fill(a, i, name) for i, (a, name) in enumerate(zip(arrays, paths, strict=True))])
    x = [_input(shape, place, is_int) for place, shape in enumerate(inputs)]
    with torch.no_grad():
        y = model(x if len(x) > 1 else x[0], training=False)
    found = np.asarray(torch.as_tensor(y).detach(), dtype="float64").ravel()
    np.testing.assert_allclose([*found[:3], found.sum()][-len(expected) :], expected, rtol=2e-3, atol=2e-3)


# Those whose numbers are of another rule today: the bicubic kernel of torch, and how crops that are not random resize;
# tf.keras 2.15 wrote no `causal`.
_OTHER_NUMBERS = ("Resizing_3", "RandomCrop_0", "m_Attention_causal", "m_AdditiveAttention_causal")


def _loaded(class_name: str, config: Any, version: str) -> Any:
    return models.model_from_json(json.dumps({"class_name": class_name, "config": config, "keras_version": version}))


@pytest.mark.filterwarnings("ignore:The file does not say the order of the axes", "ignore:A .* of tf.keras")
@pytest.mark.parametrize("entry", _FACTS["layers"], ids=lambda entry: entry["id"])
def test_layers_of_every_version(entry: _Row) -> None:
    is_int = entry["id"].split("_")[-1].startswith("i")
    for row in _rows(entry):
        layer = {"class_name": row["class_name"], "config": dict(row["config"])}
        is_keras1 = row["versions"][0].startswith("1.")
        if row["class_name"] in _AFTER_AN_INPUT:
            source: _Row = {"name": "i", "batch_input_shape": row["input"], "dtype": "int32" if is_int else "float32"}
            chain = [{"class_name": "InputLayer", "config": source}, layer]
        else:
            layer["config"]["batch_input_shape"] = row["input"]
            chain = [layer]
        words = next((words for part, words in _REFUSED.items() if part in json.dumps(row["config"])), None)
        for version in dict.fromkeys((row["versions"][0], row["versions"][-1])):
            config = chain if is_keras1 else {"name": "s", "layers": chain}
            if words is not None:
                with pytest.raises(FileContentError, match=words):
                    _loaded("Sequential", config, version)
                continue
            model = _loaded("Sequential", config, version)
            if None not in row["shape"][1:] and not (is_keras1 and row["class_name"] in _WITHOUT_ORDERING):
                assert _shapes(model.output_shape) == row["shape"], version
                shape = [2, *(5 if n is None else n for n in row["input"][1:])]
                if entry["id"] not in _OTHER_NUMBERS:
                    _check_numbers(model, row["weights"], [shape], row["y"], is_int)


@pytest.mark.parametrize("row", _FACTS["models"], ids=lambda row: f"{row['id']}-{row['versions'][0]}")
def test_models_of_every_version(row: _Row) -> None:
    model = _loaded(row["class"], row["config"], row["versions"][0])
    if "erge_cos" not in row["id"]:  # an axis more than Keras 1 said, but not than it computed
        assert sorted(map(str, _flat(_shapes(model.output_shape)))) == sorted(map(str, _flat(row["shape"])))
    if row.get("x") and row["id"] not in _OTHER_NUMBERS and not row["id"].startswith(("m_text", "m_slookup")):
        _check_numbers(model, row["w"], row["x"], row["y"], "embed" in row["id"])


def _flat(shapes: Any) -> list[Any]:
    """Return the shapes of a structure, one beside the other."""
    if isinstance(shapes, dict):
        shapes = list(shapes.values())
    is_one = all(n is None or isinstance(n, int) for n in shapes)
    return [shapes] if is_one else [shape for part in shapes for shape in _flat(part)]


def test_models_of_the_user_that_are_graphs() -> None:
    """tf.keras 2.9 wrote this of a subclass of `Model` that was made of inputs and outputs."""
    registered = register_keras_serializable("Tests", "OldGraph")(type("OldGraph", (models.Model,), {}))
    names = (("i", "InputLayer", {"batch_input_shape": [None, 6], "dtype": "float32"}), ("d", "Dense", {"units": 2}))
    chain = [
        {"class_name": cls, "name": name, "config": {"name": name, **settings}, "inbound_nodes": []}
        for name, cls, settings in names
    ]
    chain[1]["inbound_nodes"] = [[["i", 0, 0, {}]]]
    config = {"name": "m", "layers": chain, "input_layers": [["i", 0, 0]], "output_layers": [["d", 0, 0]]}
    for given in (None, {"OldGraph": registered}):
        text = json.dumps({"class_name": "OldGraph", "config": config, "keras_version": "2.9.0"})
        model = models.model_from_json(text, custom_objects=given)
        assert type(model) is registered
        assert model.output_shape == (None, 2)
