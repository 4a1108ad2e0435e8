"""`model_to_dot` and `plot_model`. Oracle: the boxes and arrows that real Keras gives to pydot."""

from __future__ import annotations

import html
import itertools
import os
import re
import shutil
import sys
import types

import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat.utils.model_plot import model_to_dot, plot_model


def sequential(keras):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 3)), layers.LSTM(4, name="r"), layers.Dense(2, "softmax", name="d"), layers.Dropout(0.5)],
        name="m",
    )
    model.layers[0].trainable = False
    return model


def branches(keras):
    x = keras.Input((4,), name="x")
    a = keras.layers.Dense(3, "tanh", name="a")(x)
    b = keras.layers.Dense(3, name="b")(x)
    outputs = keras.layers.Add(name="sum")([a, b])
    return keras.Model(x, [outputs, keras.layers.Activation("relu", name="act")(outputs), keras.ops.exp(b)], name="m")


def nested(keras):
    layers = keras.layers
    i, j, k = keras.Input((4,), name="i"), keras.Input((4,), name="j"), keras.Input((4,), name="k")
    inner = keras.Model([i, j], [layers.Add(name="add")([i, j]), layers.Dense(2, name="two")(i)], name="inner")
    stack = keras.Sequential([keras.Input((2,)), layers.Dense(3, name="s1"), layers.Dense(3, name="s2")], name="stack")
    u, v = keras.Input((4,), name="u"), keras.Input((4,), name="v")
    added, two = inner([u, v])
    joined = layers.Concatenate(name="cat")([stack(two), added])
    deep = keras.Model(
        k, keras.Sequential([keras.Input((4,)), layers.Dense(1, name="deepest")], name="low")(k), name="deep"
    )
    return keras.Model({"u": u, "v": v}, [joined, deep(added)], name="m")


def boxes_and_arrows(graph):
    """Texts of the boxes with the frame that they are in, and the arrows between these texts."""
    boxes, arrows = {}, []

    def collect(graph, frame):
        for node in graph.get_nodes():
            label = node.get("label")
            if label:
                cells = [html.unescape(re.sub("<[^>]*>", "", cell)) for cell in label[1:-1].split("</td>")]
                boxes[node.get_name()] = (frame, *[cell.replace("'", "") for cell in cells if cell])
        arrows.extend((edge.get_source(), edge.get_destination()) for edge in graph.get_edges())
        for part in graph.get_subgraphs():
            collect(part, (*frame, part.get_name()))

    collect(graph, ())
    return sorted(boxes.values()), sorted((boxes[a], boxes[b]) for a, b in arrows)


NAMES = ("show_shapes", "show_dtype", "show_layer_names", "show_layer_activations", "show_trainable")


@pytest.mark.parametrize("make", [sequential, branches, nested])
def test_boxes_and_arrows_are_those_of_keras(real_keras, make):
    real_keras.backend.clear_session()  # its names start again, as ours do for each test
    mine, theirs = make(ours), make(real_keras)
    for switches in itertools.product((False, True), repeat=len(NAMES)):
        options = dict(zip(NAMES, switches, strict=True))
        if not options["show_layer_names"] and not all(switches[:2]):
            continue  # boxes of one class cannot be distinguished
        for expand_nested in (False, True):
            expected = real_keras.utils.model_to_dot(theirs, **options, expand_nested=expand_nested)
            found = model_to_dot(mine, **options, expand_nested=expand_nested)
            assert boxes_and_arrows(found) == boxes_and_arrows(expected), (options, expand_nested)


def test_a_nested_model_is_drawn_in_a_frame():
    (_, arrows), names = boxes_and_arrows(model_to_dot(nested(ours), expand_nested=True)), set()
    for source, target in arrows:
        names.add((source[0], source[1].split()[0], target[0], target[1].split()[0]))
    assert ((), "u", ("cluster_inner",), "i") in names
    assert (("cluster_inner",), "two", ("cluster_stack",), "s1") in names
    assert ((), "v", ("cluster_inner",), "j") in names


def test_settings_of_the_graph():
    dot = model_to_dot(sequential(ours), rankdir="LR", dpi=72, splines="curved")
    assert (dot.get("rankdir"), dot.get("dpi"), dot.get("splines")) == ("LR", 72, "curved")
    cluster = model_to_dot(sequential(ours), subgraph=True)
    assert type(cluster).__name__ == "Cluster" and cluster.get("label") == "m"


class OwnCall(ours.Model):
    def __init__(self):
        super().__init__(name="<own>")
        self.dense = ours.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


def test_a_model_with_its_own_call_is_one_box():
    model = OwnCall()
    with pytest.raises(ValueError, match="has not yet been built"):
        model_to_dot(model)
    model(torch.zeros(1, 2))
    boxes, arrows = boxes_and_arrows(model_to_dot(model, show_shapes=True))
    assert boxes == [((), "<own> (OwnCall)", "Input shape: ?", "Output shape: ?")] and not arrows
    assert "&lt;own&gt;" in model_to_dot(model).to_string()


def test_a_model_built_by_a_call_and_torch_modules_have_shapes():
    model = ours.Sequential([torch.nn.Linear(4, 3), ours.layers.Dense(2, activation=torch.nn.ReLU(), name="d")])
    model(torch.zeros(5, 4))
    boxes, arrows = boxes_and_arrows(model_to_dot(model, show_shapes=True, show_layer_activations=True))
    assert any("Activation: ReLU" in box for box in boxes) and len(arrows) == 1
    assert any("Output shape: (5, 2)" in box for box in boxes)


def test_shapes_that_differ_between_calls():
    dense, short, long = ours.layers.Dense(2, name="d"), ours.Input((3, 4)), ours.Input((5, 4))
    boxes, _ = boxes_and_arrows(model_to_dot(ours.Model([short, long], [dense(short), dense(long)]), show_shapes=True))
    assert ((), "d (Dense)", "Input shape: ?", "Output shape: ?") in boxes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rankdir": "UP"}, "rankdir='UP'"),
        ({"splines": "wavy"}, "splines='wavy'"),
        ({"dpi": 0}, "dpi=0"),
        ({"dpi": "high"}, "dpi='high'"),
        ({"layer_range": ["a", "b"]}, "`layer_range` is no longer supported"),
        ({"colour": 1}, "Unrecognized keyword arguments: {'colour': 1}"),
    ],
)
@pytest.mark.parametrize("function", [model_to_dot, plot_model])
def test_bad_arguments_are_refused(function, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        function(sequential(ours), **arguments)
    assert not os.listdir(tmp_path)


def test_pydot_is_named_where_it_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ImportError, match=r"You must install pydot.*`model_to_dot`.*\[plot\]"):
        model_to_dot(sequential(ours))
    monkeypatch.setitem(sys.modules, "IPython.core.magics.namespace", types.ModuleType("namespace"))
    assert plot_model(sequential(ours)) is None
    assert "You must install pydot" in capsys.readouterr().out


def test_graphviz_is_named_where_it_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "model.png").write_text("old")
    with pytest.raises(ImportError, match="You must install graphviz"):
        plot_model(sequential(ours), tmp_path / "model.png")
    assert (tmp_path / "model.png").read_text() == "old"
    plot_model(sequential(ours), tmp_path / "model.dot", show_layer_names=True)
    assert (tmp_path / "model.dot").read_text().startswith("digraph")


@pytest.fixture
def fake_graphviz(monkeypatch, tmp_path):
    """A `dot` that writes its format instead of a picture, and fails for one it does not know."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "dot"
    program.write_text('#!/bin/sh\n[ "$1" = -Tfoo ] && { echo no such format >&2; exit 1; }\nprintf %s "$1"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_the_ending_chooses_the_format(fake_graphviz, tmp_path):
    for name, form in {"a.svg": "-Tsvg", "b": "-Tpng", "c.pdf": "-Tpdf"}.items():
        assert plot_model(sequential(ours), tmp_path / name) is None
        assert (tmp_path / name).read_text() == form
    with pytest.raises(ValueError, match="could not write the format 'foo'"):
        plot_model(sequential(ours), tmp_path / "d.foo")
    with pytest.raises(ValueError, match="does not exist"):
        plot_model(sequential(ours), tmp_path / "nowhere" / "a.png")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_a_notebook_gets_the_picture(fake_graphviz, monkeypatch, tmp_path):
    display = types.SimpleNamespace(Image=lambda filename: ("image", filename), SVG=lambda filename: ("svg", filename))
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(display=display))
    for name in ("image.png", "svg.svg"):
        assert plot_model(sequential(ours), tmp_path / name) == (name.partition(".")[0], str(tmp_path / name))


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_the_picture(tmp_path):
    plot_model(nested(ours), tmp_path / "m.png", show_shapes=True, expand_nested=True, dpi=50)
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
