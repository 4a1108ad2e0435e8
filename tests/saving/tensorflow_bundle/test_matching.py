from __future__ import annotations

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.saving.tensorflow_bundle.matching import match_names, match_objects
from torchkeras_compat.saving.tensorflow_bundle.object_graph import Node

DENSE = [Node(1, {"kernel": 2, "bias": 3}), Node(2, key="k"), Node(3, key="b")]


def test_variables_go_by_attributes_and_layers_by_number() -> None:
    model = ours.Sequential([ours.Input((3,)), layers.ReLU(), layers.Dense(2)])
    nodes = [Node(0, {"layer_with_weights-0": 1}), *DENSE]
    match, root = match_objects(model, nodes)
    assert root is nodes[0] and not match.missing()
    assert [(v.name, key) for v, key in match.found.values()] == [("kernel", "k"), ("bias", "b")]
    match, _ = match_objects(model, [Node(0)])
    assert [v.name for v, _ in match.missing()] == ["kernel", "bias"]


def test_layers_without_numbers_of_their_own_go_by_those_of_all() -> None:
    model = ours.Sequential([ours.Input((3,)), layers.ReLU(), layers.Dense(2)])
    match, _ = match_objects(model, [Node(0, {"layer-1": 1}), *DENSE])
    assert not match.missing()


def test_a_shared_layer_is_found_wherever_it_stands() -> None:
    class Twice(layers.Layer):
        def __init__(self):
            super().__init__()
            self.a = self.b = layers.Dense(1)

        def call(self, x):
            return self.b(self.a(x))

    layer = Twice()
    layer.build((None, 1))
    layer(ours.ops.ones((1, 1)))
    match, _ = match_objects(layer, [Node(0, {"b": 1}), *DENSE])
    assert not match.missing()


def test_names_end_as_those_of_the_model() -> None:
    model = ours.Sequential([ours.Input((3,)), layers.Dropout(0.5), layers.Dense(2, name="d")], name="m")
    for keys in (["d/kernel", "d/bias"], ["scope/m/d/kernel", "scope/m/d/bias"], ["d/kernel:0", "d/bias:0"]):
        match = match_names(model, [*keys, "step"])
        assert [key for _, key in match.found.values()] == keys
    assert match_names(model, ["a/d/kernel", "b/d/kernel", "d/bias"]).missing()[0][0].name == "kernel"  # which one?


def test_a_name_of_many_parts_takes_no_time() -> None:
    model = ours.Sequential([ours.Input((3,)), layers.Dense(2, name="a")])
    long = "a/" * 1_000_000
    found = match_names(model, [f"{long}a/kernel", "a/bias"])
    assert {key[-8:] for _, key in found.found.values()} == {"a/bias", "a/kernel"}


def test_layers_with_a_table_of_words_have_a_number_in_the_file_alone() -> None:
    model = ours.Sequential([ours.Input((1,), dtype="string"), layers.TextVectorization(9), layers.Embedding(9, 2)])
    root = Node(0, {"layer_with_weights-0": 1, "layer_with_weights-1": 2})
    nodes = [root, Node(1, {"_lookup_layer": 4}), Node(2, {"embeddings": 3}), Node(3, key="e"), Node(4)]
    match, _ = match_objects(model, nodes)
    assert not match.missing() and [key for _, key in match.found.values()] == ["e"]
