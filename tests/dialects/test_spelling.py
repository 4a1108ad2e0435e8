"""Old arguments are understood, and no class of the core changes: a `Model` stays that `Model`, loaded compiled."""

from __future__ import annotations

import importlib
import inspect
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers
from torchkeras_compat.dialects.install import Installation, install_as_keras
from torchkeras_compat.dialects.spelling import ARGUMENTS, _constructor_parameters, old_arguments
from torchkeras_compat.overrides import Overridable

NAMESPACES = (
    *("", "callbacks", "constraints", "distillation", "initializers", "layers", "losses", "metrics", "mixed_precision"),
    *("models", "optimizers", "optimizers.schedules", "quantizers", "regularizers", "utils", "wrappers"),
)


def public_names() -> list[tuple[str, str]]:
    found = []
    for path in NAMESPACES:
        module = importlib.import_module(f"torchkeras_compat.{path}".rstrip("."))
        found.extend((path, name) for name in dir(module) if not name.startswith("_"))
    return found


def core_classes() -> dict[str, type]:
    found: dict[str, type] = {}
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("torchkeras_compat") and not module_name.startswith("torchkeras_compat.dialects"):
            for value in list(vars(module).values()):
                if inspect.isclass(value) and value.__module__.startswith("torchkeras_compat"):
                    found[f"{value.__module__}.{value.__qualname__}"] = value
    return found


def contents(classes: dict[str, type]) -> dict[str, Any]:
    """What the classes hold, by identity; of optimizers without `step`, around which torch puts its profiler."""
    return {
        f"{name}.{key}": id(value)
        for name, cls in classes.items()
        for key, value in {**vars(cls), "__bases__": cls.__bases__}.items()
        if not (key == "step" and issubclass(cls, torch.optim.Optimizer))
    }


def compiled() -> Any:
    keras = importlib.import_module("keras")
    model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,), activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["acc"])
    return model


def data() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
    return x, (x[:, :1] > 0).astype("float32")


def test_no_class_of_the_core_is_changed_whatever_a_note_asks_for(nothing_imported: None) -> None:
    for path, name in public_names():
        getattr(importlib.import_module(f"torchkeras_compat.{path}".rstrip(".")), name)
    classes = core_classes()
    assert len(classes) > 400
    before = contents(classes)
    with install_as_keras():
        assert contents(classes) == before
        for root in ("keras", "tensorflow.keras"):
            for path, name in public_names():
                getattr(importlib.import_module(f"{root}.{path}".rstrip(".")), name)
        keras = importlib.import_module("keras")
        keras.layers.Dense(output_dim=2)
        keras.layers.Convolution2D(4, 3, 3, border_mode="same")
        model = compiled()
        model.fit(*data(), nb_epoch=1, verbose=0)
        model.predict_classes(data()[0])
        assert contents(classes) == before
    assert contents(classes) == before


def test_every_class_that_had_other_arguments_is_open_to_them() -> None:
    closed = []
    for path, name in public_names():
        cls = getattr(importlib.import_module(f"torchkeras_compat.{path}".rstrip(".")), name)
        if not inspect.isclass(cls) or not cls.__module__.startswith("torchkeras_compat."):
            continue
        if old_arguments(_constructor_parameters(cls), ARGUMENTS):
            constructor = next(vars(base)["__init__"] for base in cls.__mro__ if "__init__" in vars(base))
            closed.extend([] if isinstance(constructor, Overridable) else [cls])
    assert not closed


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_a_loaded_model_is_compiled_and_goes_on(installed: Installation, tmp_path: Path, name: str) -> None:
    keras = importlib.import_module("keras")
    x, y = data()
    model = compiled()
    model.fit(x, y, verbose=0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*HDF5 file.*legacy")
        model.save(tmp_path / name)
    loaded = keras.models.load_model(tmp_path / name)
    assert loaded.compiled and type(loaded) is torchkeras_compat.Sequential
    np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-6)
    history = loaded.fit(x, y, nb_epoch=1, verbose=0)
    assert "acc" in history.history
    assert loaded.predict_classes(x).shape == (16, 1)


def test_a_cloned_model_is_compiled(installed: Installation) -> None:
    keras = importlib.import_module("keras")
    clone = keras.models.clone_model(compiled())
    assert clone.compiled
    assert np.isfinite(clone.evaluate(*data(), verbose=0)).all()


def test_a_compile_of_the_users_own_still_asks_to_be_called(installed: Installation, tmp_path: Path) -> None:
    keras = importlib.import_module("keras")

    @keras.saving.register_keras_serializable("left_alone")
    class Own(keras.Sequential):
        def compile(self, **arguments: Any) -> None:
            super().compile(class_mode="binary", **arguments)

    model = Own([keras.layers.Dense(1, input_shape=(3,))])
    model.compile(optimizer="sgd", loss="mse")
    model.save(tmp_path / "own.keras")
    with pytest.warns(UserWarning, match="the model's `compile.*method is custom"):
        assert not keras.models.load_model(tmp_path / "own.keras").compiled


def test_subclasses_hand_old_arguments_to_the_class_above(installed: Installation) -> None:
    keras = importlib.import_module("keras")

    class Wide(keras.layers.Dense):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(output_dim=7, init="uniform", **arguments)

    class Fast(keras.optimizers.SGD):
        def __init__(self, lr: float = 0.5) -> None:
            super().__init__(lr=lr)

    assert Wide().units == 7
    assert float(Fast().learning_rate) == 0.5


def test_old_methods_exist_only_in_notes(nothing_imported: None) -> None:
    model = torchkeras_compat.Sequential([layers.Dense(1)])
    names = ("fit_generator", "evaluate_generator", "predict_generator", "predict_classes", "predict_proba")
    assert not any(hasattr(model, name) for name in names)
    with install_as_keras():
        assert all(hasattr(model, name) for name in names)
    assert not any(hasattr(model, name) for name in names)
    with pytest.raises(AttributeError, match="fit_generator"):
        _ = model.fit_generator


def test_models_of_notes_are_pickled_and_copied(installed: Installation) -> None:
    x, _ = data()
    model = compiled()
    twin = pickle.loads(pickle.dumps(model))
    assert type(twin) is type(model) and twin.compiled
    np.testing.assert_array_equal(twin.predict_classes(x), model.predict_classes(x))


def test_both_spellings_of_one_argument_are_an_error(installed: Installation) -> None:
    with pytest.raises(TypeError, match="'output_dim' and 'units', which is the same in newer Keras"):
        importlib.import_module("keras.layers").Dense(output_dim=3, units=4)


def test_arguments_that_no_version_has_are_still_refused(installed: Installation) -> None:
    with pytest.raises((TypeError, ValueError), match="mode"):
        importlib.import_module("keras.layers").Dense(3, mode=0)
