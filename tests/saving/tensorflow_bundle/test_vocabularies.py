"""Words of layers in the program of a SavedModel, which is not run."""

from __future__ import annotations

import json
import runpy
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.tensorflow_bundle.vocabularies import read_vocabularies
from torchkeras_compat.saving.tensorflow_bundle.wire import field, varint_field

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))


def tensor(values: list[Any]) -> bytes:
    if isinstance(values[0], str):
        return varint_field(1, 7) + b"".join(field(8, v.encode()) for v in values)
    if len(values) == 1:
        return varint_field(1, 9) + varint_field(10, values[0])
    return varint_field(1, 9) + field(4, struct.pack(f"<{len(values)}q", *values))


def program(words: list[Any], places: list[Any], nested: bool = False, bound: int = 3) -> bytes:
    """Objects: root, layer, table, words, places, function; and a further one between layer and table."""

    def child(number: int, name: str) -> bytes:
        return field(1, varint_field(1, number) + field(2, name.encode()))

    objects = [
        child(1, "layer-0"),
        child(6, "_lookup_layer") if nested else child(2, "lookup_table"),
        child(5, "_initialize") + field(10, b""),
        field(9, field(1, b"Const")),
        field(9, field(1, b"Const_1")),
        field(6, field(1, b"initializer")),
        child(2, "lookup_table"),
    ]
    function = field(2, b"".join(map(bytes, ([2], [bound], [4]))))
    graph = b"".join(field(1, content) for content in objects)
    graph += field(2, field(1, b"initializer") + field(2, function))
    constants = b"".join(
        field(
            1, field(1, name) + field(2, b"Const") + field(5, field(1, b"value") + field(2, field(8, tensor(values))))
        )
        for name, values in ((b"Const", words), (b"Const_1", places))
    )
    return field(2, field(2, constants) + field(7, graph))


def read(folder: Path, data: bytes, number: int = 1) -> Any:
    (folder / "saved_model.pb").write_bytes(data)
    return read_vocabularies(str(folder / "saved_model.pb"), [number]).get(number)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    ("words", "places", "expected"),
    [
        (["b", "a"], [2, 3], ["b", "a"]),
        (["b", "a"], [3, 2], ["a", "b"]),
        ([30, 7], [1, 2], [30, 7]),
        (["one"], [1], ["one"]),
        ([2, 3], ["x", "y"], ["x", "y"]),  # inverted
    ],
)
def test_words_lie_in_the_order_of_their_places(
    tmp_path: Path, nested: bool, words: list[Any], places: list[Any], expected: list[Any]
) -> None:
    assert read(tmp_path, program(words, places, nested)) == expected


def test_what_has_no_words_gives_none(tmp_path: Path) -> None:
    assert read(tmp_path, program(["a"], [1]), 3) is None
    assert read(tmp_path, program(["a", "b"], [1])) is None
    assert read(tmp_path, b"") is None


def test_a_broken_program_is_refused(tmp_path: Path) -> None:
    whole = program(["a"], [1])
    with pytest.raises(FileContentError, match="has no object 9"):
        read(tmp_path, whole, 9)
    with pytest.raises(FileContentError, match="has no object 77"):
        read(tmp_path, program(["a"], [1], bound=77))
    for end in range(1, len(whole)):
        with pytest.raises(FileContentError):
            read(tmp_path, whole[:end])


def saved(folder: Path, metadata: bytes, data: bytes) -> Path:
    (folder / "variables").mkdir(parents=True)
    key = "layer_with_weights-0/kernel"
    arrays = {f"{key}/.ATTRIBUTES/VARIABLE_VALUE": np.ones((1, 1), "float32")}
    writer.write_bundle(folder / "variables" / "variables", arrays, writer.graph(writer.nodes_of([key])))
    (folder / "saved_model.pb").write_bytes(data)
    (folder / "keras_metadata.pb").write_bytes(metadata)
    return folder


def test_a_model_has_the_words_of_its_program(tmp_path: Path) -> None:
    lookup = {"name": "words", "dtype": "string", "vocabulary": None, "has_input_vocabulary": True}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 1], "dtype": "string", "name": "in"}},
        {"class_name": "StringLookup", "config": lookup},
        {"class_name": "Dense", "config": {"name": "d", "units": 1, "use_bias": False}},
    ]
    root = {"model_config": {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}}
    about = json.dumps({"name": "words", "class_name": "StringLookup"}).encode()
    metadata = field(1, field(5, json.dumps(root).encode())) + field(1, varint_field(2, 1) + field(5, about))
    model = ours.models.load_model(saved(tmp_path / "a", metadata, program(["b", "a"], [1, 2])))
    assert model.predict(np.array([["a"], ["z"], ["b"]], object), verbose=0).tolist() == [[2], [0], [1]]
    with pytest.warns(UserWarning, match=r"vocabulary of \['words'\] is not found.*set_vocabulary"):
        model = ours.models.load_model(saved(tmp_path / "b", metadata, b""))
    model.get_layer("words").set_vocabulary(["b", "a"])


def test_metrics_of_several_outputs_go_to_theirs(tmp_path: Path) -> None:
    """As tf.keras 2.15 wrote them: a list for each output, with the name of the output in front."""
    entry = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 1], "name": "in"}, "name": "in"}
    dense = [
        {
            "class_name": "Dense",
            "config": {"name": name, "units": 1, "use_bias": False},
            "name": name,
            "inbound_nodes": [[["in", 0, 0, {}]]],
        }
        for name in ("d", "e")
    ]
    config = {"name": "m", "layers": [{**entry, "inbound_nodes": []}, *dense], "input_layers": [["in", 0, 0]]}
    config["output_layers"] = [["d", 0, 0], ["e", 0, 0]]
    metrics = [
        [{"class_name": "MeanMetricWrapper", "config": {"name": f"{name}_{short}", "fn": function}}]
        for name, short, function in (("d", "mae", "mean_absolute_error"), ("e", "mse", "mean_squared_error"))
    ]
    adam = {"class_name": "Adam", "config": {"learning_rate": 0.1}}
    training = {"loss": {"d": "mse", "e": "mse"}, "metrics": metrics, "optimizer_config": adam}
    root = {"model_config": {"class_name": "Functional", "config": config}, "training_config": training}
    folder = saved(tmp_path / "a", field(1, field(5, json.dumps(root).encode())), b"")
    keys = ["layer_with_weights-0/kernel", "layer_with_weights-1/kernel"]
    arrays = {f"{key}/.ATTRIBUTES/VARIABLE_VALUE": np.ones((1, 1), "float32") for key in keys}
    writer.write_bundle(folder / "variables" / "variables", arrays, writer.graph(writer.nodes_of(keys)))
    model = ours.models.load_model(folder)
    logs = model.evaluate(np.ones((2, 1)), [np.zeros((2, 1)), np.full((2, 1), 3.0)], verbose=0, return_dict=True)
    assert logs == {"loss": 5.0, "d_loss": 1.0, "e_loss": 4.0, "d_mae": 1.0, "e_mse": 4.0}
