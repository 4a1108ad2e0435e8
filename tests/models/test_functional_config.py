"""Configs of functional models: the structure of inputs and outputs, and the numbers of calls of models in models.

The oracle is real Keras, in both directions: it reads what is written here, and the other way round.
"""

from __future__ import annotations

import copy
import json
import warnings
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.old_files import to_keras3


def _encoder(k: Any) -> Any:
    x = k.Input((4,))
    return k.Model(x, k.layers.Dense(3)(x), name="encoder")


def _two_heads(k: Any) -> Any:
    x = k.Input((4,))
    return k.Model(x, [k.layers.Dense(2)(x), k.layers.Dense(4)(x)], name="heads")


def _by_names(k: Any) -> Any:
    x, y = k.Input((4,), name="u"), k.Input((4,), name="v")
    sums = k.layers.Dense(4)(k.layers.Add()([x, y]))
    return k.Model({"u": x, "v": y}, {"sum": sums, "difference": k.layers.Subtract()([x, y])}, name="by_names")


def _in_tuples(k: Any) -> Any:
    x, y = k.Input((4,)), k.Input((4,))
    return k.Model((x, y), (k.layers.Dense(4)(x), k.layers.Dense(3)(y)), name="in_tuples")


def _autoencoder(k: Any, a: Any, b: Any) -> Any:
    z = k.Input((3,))
    decoder = k.Model(z, k.layers.Dense(4)(z), name="decoder")
    return k.Model(a, decoder(_encoder(k)(a)))


def _called_twice(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    return k.Model([a, b], [encoder(a), encoder(b)])


def _called_twice_and_swapped(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    first, second = encoder(a), encoder(b)
    return k.Model([a, b], [second, first])


def _only_the_second_call(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    encoder(a)
    return k.Model(b, encoder(b))


def _calls_inside_and_as_outputs(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    first, second, third = encoder(a), encoder(b), encoder(k.layers.Add()([a, b]))
    return k.Model([a, b], [k.layers.Subtract()([first, third]), second, third])


def _several_outputs(k: Any, a: Any, b: Any) -> Any:
    heads = _two_heads(k)
    first, second = heads(a), heads(b)
    return k.Model([a, b], [first[1], first[0], second[1], k.layers.Dense(1)(second[0])])


def _called_on_its_own_output(k: Any, a: Any, b: Any) -> Any:
    heads = _two_heads(k)
    first = heads(a)
    second = heads(first[1])
    return k.Model(a, [second[0], first[0], second[1]])


def _outputs_of_the_nested_model_itself(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    return k.Model(encoder.input, [encoder.output, k.layers.Dense(2)(encoder.output)])


def _in_depth(k: Any, a: Any, b: Any) -> Any:
    encoder, x = _encoder(k), k.Input((4,))
    inner = k.Model(x, [encoder(x), k.layers.Dense(4)(x)], name="inner")
    y = k.Input((4,))
    first, second = inner(y)
    third, fourth = inner(second)
    middle = k.Model(y, [fourth, first, third], name="middle")
    return k.Model([a, b], middle(a) + middle(b))


def _sequential(k: Any, a: Any, b: Any) -> Any:
    inner = k.Sequential([k.layers.Input((4,)), k.layers.Dense(2)], name="inner")
    return k.Model([a, b], [inner(b), inner(a)])


def _sequential_built_late(k: Any, a: Any, b: Any) -> Any:
    inner = k.Sequential([k.layers.Dense(2)], name="inner")
    return k.Model([a, b], [inner(b), inner(a)])


def _functional_in_sequential(k: Any, a: Any, b: Any) -> Any:
    inner = k.Sequential([_encoder(k), k.layers.Dense(1)], name="inner")
    return k.Model([a, b], [inner(a), inner(b)])


def _sequential_in_functional(k: Any, a: Any, b: Any) -> Any:
    x, stack = k.Input((4,)), k.Sequential([k.layers.Input((4,)), k.layers.Dense(2)], name="stack")
    inner = k.Model(x, [stack(x), x], name="inner")
    return k.Model([a, b], inner(a) + inner(b))


def _nested_in_a_wrapper(k: Any, a: Any, b: Any) -> Any:
    x = k.Input((5, 4))
    return k.Model(x, k.layers.TimeDistributed(_encoder(k))(x))


def _dicts(k: Any, a: Any, b: Any) -> Any:
    model = _by_names(k)
    first, second = model({"u": a, "v": b}), model({"u": b, "v": a})
    outputs = {"x": first["sum"], "y": [second["difference"], first["difference"]], "z": second["sum"]}
    return k.Model({"a": a, "b": b}, outputs)


def _tuples(k: Any, a: Any, b: Any) -> Any:
    model = _in_tuples(k)
    first, second = model((a, b)), model((b, a))
    return k.Model((a, b), (second[1], (second[0], first[0]), first[1]))


def _nested_structures(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    return k.Model([a, {"k": (b,)}], {"p": [(encoder(a),)], "q": ({"r": encoder(b)},)})


def _lists_of_one(k: Any, a: Any, b: Any) -> Any:
    return k.Model([a], [k.layers.Dense(2)(a)])


def _tuples_of_one(k: Any, a: Any, b: Any) -> Any:
    return k.Model((a,), (_encoder(k)(a),))


def _one_output_twice(k: Any, a: Any, b: Any) -> Any:
    x = _encoder(k)(a)
    return k.Model(a, [x, x])


def _an_input_as_output(k: Any, a: Any, b: Any) -> Any:
    return k.Model((a, b), (a, _encoder(k)(b)))


def _tuple_as_argument(k: Any, a: Any, b: Any) -> Any:
    encoder = _encoder(k)
    return k.Model((a, b), k.layers.Concatenate()((encoder(b), encoder(a))))


def _tuple_as_keyword(k: Any, a: Any, b: Any) -> Any:
    x = k.Input((5, 4))
    outputs, hidden, cell = k.layers.LSTM(3, return_state=True)(x)
    return k.Model(x, (k.layers.LSTM(3)(x, initial_state=(hidden, cell)), outputs))


ARCHITECTURES = {
    f.__name__.lstrip("_"): f
    for f in (
        _autoencoder,
        _called_twice,
        _called_twice_and_swapped,
        _only_the_second_call,
        _calls_inside_and_as_outputs,
        _several_outputs,
        _called_on_its_own_output,
        _outputs_of_the_nested_model_itself,
        _in_depth,
        _sequential,
        _sequential_built_late,
        _functional_in_sequential,
        _sequential_in_functional,
        _nested_in_a_wrapper,
        _dicts,
        _tuples,
        _nested_structures,
        _lists_of_one,
        _tuples_of_one,
        _one_output_twice,
        _an_input_as_output,
        _tuple_as_argument,
        _tuple_as_keyword,
    )
}


@pytest.fixture(params=ARCHITECTURES)
def build(request: pytest.FixtureRequest) -> Any:
    return lambda k: _build(k, request.param)


def _build(k: Any, architecture: str) -> Any:
    return ARCHITECTURES[architecture](k, k.Input((4,), name="a"), k.Input((4,), name="b"))


def _map(structure: Any, function: Any) -> Any:
    if isinstance(structure, dict):
        return {key: _map(value, function) for key, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_map(value, function) for value in structure)
    return function(structure)


def _leaves(structure: Any) -> list[Any]:
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in _leaves(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for value in structure for leaf in _leaves(value)]
    return [structure]


def _data(model: Any) -> Any:
    inputs = model.input if isinstance(model, ours.Model) else model._inputs_struct
    return _map(inputs, lambda t: np.random.randn(3, *t.shape[1:]).astype("float32"))


def _assert_same(got: Any, expected: Any) -> None:
    assert len(_leaves(got)) == len(_leaves(expected))
    for x, y in zip(_leaves(got), _leaves(expected), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-5)


def _through(model: Any, reader: Any, form: str, path: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras calls `.h5` legacy
        if form == "json":
            loaded = reader.models.model_from_json(model.to_json())
            loaded.set_weights(model.get_weights())
            return loaded
        model.save(path / f"model.{form}")
        return reader.models.load_model(path / f"model.{form}")


FORMS = pytest.mark.parametrize("form", ["keras", "h5", "json"])


@FORMS
def test_models_written_by_keras_compute_the_same_here(build, form, real_keras, tmp_path):
    model = build(real_keras)
    x = _data(model)
    _assert_same(_through(model, ours, form, tmp_path).predict(x, verbose=0), model.predict(x, verbose=0))


@FORMS
def test_models_written_here_compute_the_same_in_keras(build, form, real_keras, tmp_path):
    model = build(ours)
    x = _data(model)
    _assert_same(_through(model, real_keras, form, tmp_path).predict(x, verbose=0), model.predict(x, verbose=0))


@FORMS
def test_models_come_back_as_they_were_written(build, form, tmp_path):
    model = build(ours)
    x = _data(model)
    _assert_same(_through(model, ours, form, tmp_path).predict(x, verbose=0), model.predict(x, verbose=0))


def test_ends_are_numbered_as_keras_numbers_them(build, real_keras):
    own, theirs = (json.loads(build(k).to_json())["config"] for k in (ours, real_keras))
    renamed = {a["name"]: b["name"] for a, b in zip(own["layers"], theirs["layers"], strict=True)}

    def numbers(structure: Any) -> Any:
        if isinstance(structure, dict):
            return {key: numbers(value) for key, value in structure.items()}
        return [numbers(x) if isinstance(x, (list, dict)) else renamed.get(x, x) for x in structure]

    assert numbers(own["input_layers"]) == theirs["input_layers"]
    assert numbers(own["output_layers"]) == theirs["output_layers"]


def test_a_config_in_memory_keeps_tuples():
    model = _build(ours, "tuples")
    config = model.get_config()
    for copied in (config, copy.deepcopy(config)):
        again = ours.Model.from_config(copied)
        assert [type(again.input), type(again.output), type(again.output[1])] == [tuple] * 3
    # JSON has no tuples: Keras makes them lists in files
    assert type(ours.models.model_from_json(model.to_json()).output) is list


def _as_earlier_versions_wrote(config: dict[str, Any]) -> dict[str, Any]:
    """Count from 0, and mark tuples."""
    models = {e["name"] for e in config["layers"] if e["class_name"] == "Functional"}
    for entry in config["layers"]:
        if entry["name"] in models:
            _as_earlier_versions_wrote(entry["config"])

    def end(x: Any) -> Any:
        if isinstance(x, dict):
            return {key: end(value) for key, value in x.items()}
        if len(x) == 3 and isinstance(x[0], str):
            return [x[0], x[1] - (x[0] in models), x[2]]
        return {"class_name": "__tuple__", "items": [end(value) for value in x]}

    config["output_layers"] = end(config["output_layers"])
    config["input_layers"] = end(config["input_layers"])
    return config


@pytest.mark.parametrize("architecture", [a for a in ARCHITECTURES if a != "calls_inside_and_as_outputs"])
def test_files_of_earlier_versions_load(architecture):
    # Of the one left out, both readings hold every call: it could as well be a file of Keras.
    model = _build(ours, architecture)
    file = json.loads(model.to_json())
    _as_earlier_versions_wrote(file["config"])
    loaded = ours.models.model_from_json(json.dumps(file))
    loaded.set_weights(model.get_weights())
    x = _data(model)
    _assert_same(loaded.predict(x, verbose=0), model.predict(x, verbose=0))


def test_nested_models_of_keras_2_files_are_counted_from_one():
    def history(name: str, call: int) -> list[Any]:
        return [name, call, 0]

    def keras2(name: str, layers: list[Any], inputs: list[Any], outputs: list[Any]) -> dict[str, Any]:
        return {
            "class_name": "Functional",
            "config": {"name": name, "layers": layers, "input_layers": inputs, "output_layers": outputs},
        }

    def entry(name: str) -> dict[str, Any]:
        config = {"name": name, "batch_input_shape": [None, 4], "dtype": "float32"}
        return {"class_name": "InputLayer", "name": name, "config": config, "inbound_nodes": []}

    dense = {"class_name": "Dense", "name": "d", "config": {"name": "d", "units": 3}}
    dense["inbound_nodes"] = [[[*history("x", 0), {}]]]
    encoder = keras2("encoder", [entry("x"), dense], [history("x", 0)], [history("d", 0)])
    encoder |= {"name": "encoder", "inbound_nodes": [[[*history("a", 0), {}]], [[*history("b", 0), {}]]]}
    ends = [history("encoder", 2), history("encoder", 1)]
    config = keras2("outer", [entry("a"), entry("b"), encoder], [history("a", 0), history("b", 0)], ends)

    model = ours.models.model_from_json(json.dumps({**to_keras3(config)}))
    a, b = np.zeros((2, 4), "float32"), np.ones((2, 4), "float32")
    first, second = model.predict([a, b], verbose=0)
    np.testing.assert_allclose(second, 0)
    assert np.abs(first).min() > 0


@pytest.mark.parametrize("end", [["encoder", 3, 0], ["encoder", -1, 0], ["nobody", 0, 0]])
def test_an_output_that_no_call_gives_is_refused(end):
    config = _build(ours, "called_twice").get_config()
    config["output_layers"] = [end]
    with pytest.raises(FileContentError, match=rf"call {end[1]} of '{end[0]}' is an input or output"):
        ours.Model.from_config(config)


@pytest.mark.parametrize("ends", ["encoder", 3, None, ["encoder", 1], {"k": "encoder"}])
def test_outputs_in_no_known_form_are_refused(ends):
    config = _build(ours, "called_twice").get_config()
    config["output_layers"] = ends
    with pytest.raises(FileContentError, match=r"given as \[layer, call, output\]"):
        ours.Model.from_config(config)


def test_the_mask_of_a_nested_model_may_be_passed_explicitly(tmp_path) -> None:
    """Keras has no such mask while a graph is recorded; both find it when the model runs."""

    ids = ours.Input((5,), dtype="int32")
    inner = ours.Model(ids, ours.layers.Embedding(9, 3, mask_zero=True)(ids), name="inner")
    x, other = ours.Input((5,), dtype="int32"), ours.Input((5,), dtype="int32")
    hidden = inner(x)
    model = ours.Model(x, ours.layers.LSTM(2)(hidden, mask=hidden._keras_mask))
    values = np.array([[1, 2, 0, 0, 0], [3, 0, 0, 0, 0]])
    expected = model(values).detach()
    again = ours.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    assert torch.equal(again(values), expected)
    model.save(tmp_path / "m.keras")
    assert torch.equal(ours.models.load_model(tmp_path / "m.keras")(values), expected)

    of_another = ours.Model([x, other], ours.layers.LSTM(2)(hidden, mask=inner(other)._keras_mask))
    assert of_another([values, values]).shape == (2, 2)
    with pytest.raises(ValueError, match="`mask`, the mask that a nested model gives another tensor"):
        of_another.get_config()


def test_training_that_a_layer_has_by_default_holds_only_where_it_was_given():
    image = torch.rand(2, 4, 4, 3)
    for given in ({}, {"training": True}):
        x = ours.Input((4, 4, 3))
        model = ours.Model(x, ours.layers.RandomFlip(seed=1)(x, **given))
        again = ours.Model.from_config(model.get_config())
        assert [m._layer_graph.explicit_nodes[-1].kwargs for m in (model, again)] == [given, given]
    config = model.get_config()
    del config["layers"][1]["inbound_nodes"][0]["given"]  # as Keras writes it, given or not
    np.testing.assert_array_equal(ours.Model.from_config(config).predict(image, verbose=0), image)


def _to_any_depth() -> Any:
    """A layer and a model that lie in several models, in models in models. Keras itself cannot read such files."""
    shared = ours.layers.Dense(4)
    a, b, c, d = (ours.Input((4,)) for _ in range(4))
    inner = ours.Model(a, shared(a))
    middle = ours.Model(b, [ours.layers.Dense(4)(inner(inner(b))), shared(b)])
    outer = ours.Model(c, middle(inner(c))[0] + middle(c)[1])
    return ours.Model(d, [outer(d), inner(d), shared(d)])


@FORMS
def test_what_lies_in_several_models_is_one_again(form, tmp_path):
    model = _to_any_depth()
    x = np.random.randn(3, 4).astype("float32")
    again = _through(model, ours, form, tmp_path)
    _assert_same(again.predict(x, verbose=0), model.predict(x, verbose=0))
    assert len(again.weights) == len(model.weights) == 4


def test_only_what_lies_in_several_models_is_marked(real_keras):
    for keras in (ours, real_keras):
        inputs = keras.Input((4,))
        initializer = keras.initializers.GlorotUniform(seed=1)
        layer = keras.layers.Dense(4, kernel_initializer=initializer)
        model = keras.Model(inputs, keras.layers.Dense(4, kernel_initializer=initializer)(layer(layer(inputs))))
        assert "shared_object_id" not in model.to_json()
    assert _to_any_depth().to_json().count("shared_object_id") > 2
