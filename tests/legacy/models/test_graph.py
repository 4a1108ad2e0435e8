"""`Graph` of Keras 0.x and 1.0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat import layers, models
from torchkeras_compat.legacy.models.graph import Graph

RANDOM = np.random.RandomState(0)
DATA = {
    "a": RANDOM.rand(20, 4),
    "b": RANDOM.rand(20, 4),
    "n": RANDOM.rand(20, 2),
    "out": RANDOM.rand(20, 1),
}


def _graph() -> Graph:
    graph = Graph()
    graph.add_input("a", input_shape=(4,))
    graph.add_input("b", input_shape=(4,))
    graph.add_shared_node(layers.Dense(3), "shared", inputs=["a", "b"], merge_mode="sum")
    graph.add_node(layers.Dense(2), "n", inputs=["shared", "a"], merge_mode="concat", create_output=True)
    graph.add_node(layers.Dense(1), "score", input="n")
    graph.add_output("out", input="score")
    return graph


def test_training_and_predicting_by_name() -> None:
    graph = _graph()
    assert graph.output_order == ["n", "out"] and graph.input_order == ["a", "b"]
    graph.compile("sgd", {"n": "mse", "out": "mse"}, loss_weights={"n": 0.5, "out": 1.0})
    history = graph.fit(DATA, nb_epoch=3, verbose=0, validation_split=0.2).history
    assert {"loss", "n_loss", "out_loss", "val_loss"} <= set(history) and len(history["loss"]) == 3
    predicted = graph.predict(DATA)
    assert {name: x.shape for name, x in predicted.items()} == {"n": (20, 2), "out": (20, 1)}
    loss = graph.evaluate(DATA)[0]
    expected = 0.5 * np.square(predicted["n"] - DATA["n"]).mean() + np.square(predicted["out"] - DATA["out"]).mean()
    assert loss == pytest.approx(expected, rel=1e-5)
    graph.train_on_batch(DATA)
    assert graph.test_on_batch(DATA)[0] < loss
    assert graph.predict_on_batch(DATA)["out"].shape == (20, 1)


def test_a_generator() -> None:
    def batches() -> Iterator[Any]:
        while True:
            yield DATA

    graph = _graph()
    graph.compile("sgd", {"n": "mse", "out": "mse"})
    history = graph.fit_generator(batches(), samples_per_epoch=40, nb_epoch=2, batch_size=20, verbose=0)
    assert len(history.history["loss"]) == 2


def test_shared_nodes_left_apart_and_a_joined_list() -> None:
    graph = Graph()
    for name in "ab":
        graph.add_input(name, batch_input_shape=(None, 4))
    graph.add_shared_node(layers.Dense(3), "both", inputs=["a", "b"], outputs=["left", "right"])
    graph.add_node(layers.Subtract(), "difference", inputs=["left", "right"], merge_mode="join")
    graph.add_output("out", inputs=["difference", "left"], merge_mode="mul")
    assert graph.predict(DATA)["out"].shape == (20, 3)
    assert len(graph.trainable_weights) == 2


def test_integers() -> None:
    graph = Graph()
    graph.add_input("words", input_shape=(3,), dtype="int")
    graph.add_node(layers.Embedding(10, 2), "vectors", input="words")
    graph.add_output("out", input="vectors")
    assert graph.predict({"words": np.ones((2, 3), "int64")})["out"].shape == (2, 3, 2)


def test_files(tmp_path: Path) -> None:
    graph = _graph()
    graph.compile("adam", {"n": "mse", "out": "mse"}, metrics=["mae"])
    graph.fit(DATA, nb_epoch=1, verbose=0)
    graph.save(tmp_path / "g.keras")
    loaded: Any = models.load_model(tmp_path / "g.keras")
    assert isinstance(loaded, Graph) and loaded.output_order == ["n", "out"]
    np.testing.assert_array_equal(loaded.predict(DATA)["out"], graph.predict(DATA)["out"])
    loaded.fit(DATA, nb_epoch=1, verbose=0)
    graph.save_weights(tmp_path / "g.weights.h5")
    loaded.load_weights(tmp_path / "g.weights.h5")
    np.testing.assert_array_equal(loaded.predict(DATA)["out"], graph.predict(DATA)["out"])
    assert models.model_from_json(graph.to_json()).output_order == ["n", "out"]


def test_what_does_not_fit() -> None:
    graph = Graph()
    with pytest.raises(ValueError, match="needs inputs and outputs"):
        graph.predict(DATA)
    with pytest.raises(ValueError, match="`input_shape` or `batch_input_shape`"):
        graph.add_input("a")
    graph.add_input("a", input_shape=(4,))
    with pytest.raises(ValueError, match="has a node 'a'"):
        graph.add_input("a", input_shape=(4,))
    with pytest.raises(ValueError, match="no node 'z'"):
        graph.add_node(layers.Dense(2), "n", input="z")
    with pytest.raises(ValueError, match="Give `input` or `inputs`"):
        graph.add_node(layers.Dense(2), "n")
    with pytest.raises(ValueError, match="a name for each of its 1 inputs"):
        graph.add_shared_node(layers.Dense(2), "s", inputs=["a"])
    graph.add_output("out", input="a")
    with pytest.raises(ValueError, match="has an output 'out'"):
        graph.add_output("out", input="a")
    with pytest.raises(ValueError, match=r"outputs \['out'\].*loss='mse'"):
        graph.compile("sgd", "mse")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sample_weight_modes"):
        graph.compile("sgd", {"out": "mse"}, sample_weight_modes={"out": "spatial"})
    with pytest.raises(ValueError, match=r"lacks the inputs \['a'\]"):
        graph.predict({"out": DATA["out"]})
    with pytest.raises(ValueError, match="nothing can be added any more"):
        graph.add_input("b", input_shape=(4,))
