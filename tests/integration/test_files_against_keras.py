"""What is saved here real Keras loads and trains on, with equal numbers, and the other way round; in every format."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.test_layers import NOT_CALLED, TABLE


def _beside(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there for annotations
    spec.loader.exec_module(module)
    return module


MODELS = _beside("models_in_files")
CASES = MODELS.CASES
LAYERS = _beside("layers_in_files")
OBJECTS = _beside("objects_in_files")


def flat(values: Any) -> list[Any]:
    if isinstance(values, dict):
        return [a for key in sorted(values) for a in flat(values[key])]
    if isinstance(values, (list, tuple)):
        return [a for value in values for a in flat(value)]
    return [values.detach().float().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)]


def data_of(case: Any, model: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and sample weights for a model."""
    r = np.random.default_rng(0)
    normal = lambda t: r.normal(size=(4, *t.shape[1:])).astype("float32")  # noqa: E731
    x = case.inputs(r) if case.inputs else None
    if x is None:
        x = [normal(t) for t in model.inputs] if getattr(model, "inputs", None) else normal(np.empty((4, 4)))
        if isinstance(x, list):
            names = [t.name for t in model.inputs]
            x = x[0] if len(x) == 1 else dict(zip(names, x, strict=True)) if names == ["a", "b"] else x
    weight = case.sample_weight(r) if case.sample_weight else None
    if not case.trains:
        return x, None, None
    if case.targets:
        return x, case.targets(r), weight
    shapes = [tuple(o.shape) for o in flat(model(x))]
    y = [r.normal(size=shape).astype("float32") for shape in shapes]
    return x, y[0] if len(y) == 1 else y, weight


def outputs(model: Any, x: Any) -> list[Any]:
    for layer in getattr(model, "layers", ()):
        if getattr(layer, "stateful", False):
            layer.reset_states() if hasattr(layer, "reset_states") else layer.reset_state()
    with torch.no_grad():
        return flat(model(x, training=False) if hasattr(model, "layers") else model(x))


def assert_close(found: Any, expected: Any, what: str, tolerance: float = 1e-4) -> None:
    assert len(found) == len(expected), what
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b), what
        if np.asarray(b).dtype.kind in "OSU":
            assert np.array_equal(a, b), what
        else:
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=what)


def numbers(value: Any) -> list[float]:
    if isinstance(value, (list, tuple)):
        return [x for v in value for x in numbers(v)]
    return [float(x) for x in np.ravel(value.detach().numpy() if isinstance(value, torch.Tensor) else value)]


def weights_of(model: Any) -> list[Any]:
    return [np.asarray(w, "float32") for w in model.get_weights()]


def assert_twins(one: Any, other: Any, case: Any, data: Any, what: str, state: bool = True) -> None:
    """Assert that two models have the same weights in the same order, compute the same, and train on alike."""
    x, y, weight = data
    if case.same_order:
        paths = [[(w.path.split("/")[-1], tuple(w.shape)) for w in m.weights] for m in (one, other)]
        assert paths[0] == paths[1], what
        assert_close(weights_of(other), weights_of(one), f"{what}: weights", 1e-6)
    assert_close(outputs(other, x), outputs(one, x), f"{what}: outputs", case.tolerance)
    if not case.trains or not getattr(one, "compiled", False):
        return
    assert other.compiled, what
    tolerance = max(2e-3, case.tolerance)
    step = lambda m: m.train_on_batch(x, y, sample_weight=weight, return_dict=True)  # noqa: E731
    for i in range(2):
        logs = [step(m) for m in (one, other)]
        if case.deterministic and (state or i == 0):
            assert_close([float(logs[1]["loss"])], [float(logs[0]["loss"])], f"{what}: loss {i}", tolerance)
    if case.deterministic and state:
        assert sorted(logs[0]) == sorted(logs[1]), what
        values = [[v for _, value in sorted(found.items()) for v in numbers(value)] for found in logs]
        assert_close(values[1], values[0], f"{what}: logs", tolerance)
        assert_close(weights_of(other), weights_of(one), f"{what}: weights after training", tolerance)


def made(K: Any, case: Any) -> Any:
    K.utils.clear_session()
    K.utils.set_random_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return case.make(K)


def trained_once(K: Any, case: Any) -> tuple[Any, Any]:
    """Return a model and its data; the optimizer has a state."""
    model = made(K, case)
    data = data_of(case, model)
    outputs(model, data[0])
    if case.trains and model.compiled:
        model.train_on_batch(data[0], data[1], sample_weight=data[2])
    return model, data


def through(ending: str, source: Any, library: Any, folder: Path) -> Any:
    """Return the model that a library gets by one format."""
    if ending == "weights":
        other = library.models.model_from_json(source.to_json())
        if not other.built:
            other.build((None, 4))
        source.save_weights(folder / "model.weights.h5")
        other.load_weights(folder / "model.weights.h5")
        return other
    source.save(folder / f"model.{ending}")
    return library.saving.load_model(folder / f"model.{ending}")


@pytest.mark.filterwarnings("ignore:::keras")
@pytest.mark.filterwarnings("ignore::UserWarning:keras")
@pytest.mark.parametrize("direction", ["here", "there"])
@pytest.mark.parametrize("name", sorted(n for n, case in CASES.items() if not case.needs_tensorflow))
def test_models_go_through_files(real_keras: types.ModuleType, name: str, direction: str, tmp_path: Path) -> None:
    case = CASES[name]
    writer, reader = (ours, real_keras) if direction == "here" else (real_keras, ours)
    source, data = trained_once(writer, case)
    made(reader, case)  # registers its classes
    for ending in case.formats:
        other = through(ending, source, reader, tmp_path)
        # Keras 3 restores no optimizer from a `.h5` file.
        assert_twins(source, other, case, data, ending, state=ending != "h5" or direction == "there")


@pytest.mark.parametrize("name", sorted(n for n, case in CASES.items() if case.needs_tensorflow))
def test_models_that_keras_needs_tensorflow_for_come_back(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    source, data = trained_once(ours, case)
    for ending in case.formats:
        assert_twins(source, through(ending, source, ours, tmp_path), case, data, ending)


# Layers without a row in `layers_in_files`: Keras needs another library for them, or refuses them in files.
NOT_IN_FILES = {"Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup", "TextVectorization"}
NOT_IN_FILES |= {"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "Layer", "Wrapper", "InputLayer"}
NOT_IN_FILES |= {"MaxNumBoundingBoxes", "Equalization"}  # takes boxes only; Keras cannot record its call
OTHERWISE = {"RandomCrop"}  # Keras computes it otherwise, as differences.md says


def one_layer(K: Any, name: str) -> tuple[Any, Any]:
    """Return a functional model of one layer, and inputs for it."""
    K.utils.clear_session()
    if name in LAYERS.ARGUMENTS:
        args, kwargs = LAYERS.ARGUMENTS[name]
        layer, inputs = getattr(K.layers, name)(*args, **kwargs), TABLE[name].inputs()
    else:
        like, make = LAYERS.COMPOSED[name]
        layer, inputs = make(K.layers), TABLE[like].inputs()
    values = [x.numpy() for x in (inputs if isinstance(inputs, (list, tuple)) else [inputs])]
    symbols = [K.Input(x.shape[1:], dtype=x.dtype.name) for x in values]
    several = name in ("MultiHeadAttention", "GroupQueryAttention")
    output = layer(*symbols) if several or len(symbols) == 1 else layer(symbols)
    return K.Model(symbols, output), values


def test_every_layer_goes_through_files():
    known = LAYERS.ARGUMENTS.keys() | {name.partition(" ")[0] for name in LAYERS.COMPOSED} | NOT_IN_FILES
    cells = {name for name in NOT_CALLED if "Cell" in name}  # in `RNN`
    assert known | cells == TABLE.keys() | NOT_CALLED.keys(), "add the layer to `layers_in_files.py`"


@pytest.mark.parametrize("name", sorted((LAYERS.ARGUMENTS.keys() | LAYERS.COMPOSED.keys()) - OTHERWISE))
def test_layers_go_through_files(real_keras: types.ModuleType, name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    source, x = one_layer(ours, name)
    expected, weights = outputs(source, x), weights_of(source)
    for writer, reader in ((ours, real_keras), (real_keras, ours)):
        for ending in ("keras", "h5"):
            try:
                other = through(ending, source, reader, tmp_path)
            except (TypeError, ValueError) as error:
                if writer is real_keras and ending == "h5" and ("pickle" in str(error) or "dataset" in str(error)):
                    continue  # Keras cannot write it: generators of random numbers, weights of one name
                raise
            assert_close(outputs(other, x), expected, f"{ending} from {writer.__name__}")
            assert_close(weights_of(other), weights, f"{ending} from {writer.__name__}", 1e-6)
            if ending == "keras":
                loaded = other
        source = loaded


def test_every_object_goes_through_files():
    spaces = {
        "losses": OBJECTS.LOSSES.keys() | OBJECTS.NOT_IN_MODELS.keys(),
        "metrics": {n for *_, some in OBJECTS.METRICS.values() for n in some} | OBJECTS.NOT_AMONG_METRICS,
        "optimizers": OBJECTS.OPTIMIZERS.keys() | OBJECTS.NOT_AMONG_OPTIMIZERS,
        "initializers": OBJECTS.INITIALIZERS.keys() | {"Initializer", "STFT"},
        "regularizers": OBJECTS.REGULARIZERS.keys() | {"Regularizer"},
        "constraints": OBJECTS.CONSTRAINTS.keys() | {"Constraint"},
    }
    for space, known in spaces.items():
        public = getattr(ours, space)
        names = {n for n in dir(public) if inspect.isclass(getattr(public, n)) and getattr(public, n).__name__ == n}
        assert known == names, f"add the objects of {space} to `objects_in_files.py`"


@pytest.mark.parametrize("name", sorted(OBJECTS.models()))
def test_objects_go_through_files(real_keras: types.ModuleType, name: str, tmp_path: Path) -> None:
    make, targets = OBJECTS.models()[name]
    case = MODELS.Case(make, targets=targets, formats=("keras",))
    for writer, reader in ((ours, real_keras), (real_keras, ours)):
        source, data = trained_once(writer, case)
        assert_twins(source, through("keras", source, reader, tmp_path), case, data, f"from {writer.__name__}")


@pytest.mark.parametrize("ending", ["keras", "weights.h5"])
def test_editors_edit_the_files_of_each_other(real_keras: types.ModuleType, ending: str, tmp_path: Path) -> None:
    for editor_of, library in ((ours, real_keras), (real_keras, ours), (ours, ours)):
        model = made(library, CASES["branches"])
        path = str(tmp_path / f"a.{ending}")
        model.save(path) if ending == "keras" else model.save_weights(path)
        editor = editor_of.saving.KerasFileEditor(path)
        twin = made(editor_of, CASES["branches"])
        assert editor.compare(twin)["status"] == "success"
        editor.rename_object("layers/dense", new_name="renamed")
        editor.add_object("layers/new", weights={"0": np.ones(3, "float32")})
        editor.delete_object("layers/new")
        editor.rename_object("layers/renamed", new_name="dense")
        editor.save(str(tmp_path / "b.weights.h5"))
        for K in (ours, real_keras):
            other = made(K, CASES["branches"])
            other.load_weights(str(tmp_path / "b.weights.h5"))
            assert_close(weights_of(other), weights_of(model), f"{editor_of.__name__} edited, {K.__name__} read", 1e-6)
