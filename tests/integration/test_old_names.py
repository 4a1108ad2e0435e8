"""Every public name of Keras 1.2.2, 2.3.1 and tf.keras 2.15: there with its arguments, or refused with one sentence.

The names and arguments are those of `dialects/signatures/`; the names of TensorFlow those of a list beside its tests.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat import Sequential, initializers, layers, optimizers
from torchkeras_compat.dialects import absent_names
from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, TF_KERAS, Dialect
from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.dialects.names.table import ROWS
from torchkeras_compat.dialects.old_signatures import COMPUTED, REQUIRED, OldSignature, read_signatures
from torchkeras_compat.dialects.versions import having

pytestmark = pytest.mark.usefixtures("hidden_keras")
OLD = (KERAS1, KERAS2, TF_KERAS)
TENSORFLOW_NAMES = Path(__file__).parents[1] / "dialects" / "tensorflow" / "tensorflow_names.txt"
# Modules of Keras 1 whose names are in the list under today's name of the module.
MODULES_OF_KERAS_1 = {"losses": "objectives"}
PREDICTED = np.array([[0.2, 0.8], [0.6, 0.4]], "float32")
IMAGES = np.ones((1, 4, 4, 3), "float32")


def signatures(dialect: Dialect) -> dict[str, OldSignature]:
    assert dialect.file is not None
    return read_signatures(dialect.file)


def is_method(path: str) -> bool:
    return path.rpartition(".")[0].rpartition(".")[2][:1].isupper()


def rows(*, methods: bool = False) -> list[Any]:
    """Pairs of a dialect and a path of it."""
    return [
        pytest.param(dialect, path, id=f"{dialect.name}-{path}")
        for dialect in OLD
        for path in signatures(dialect)
        if is_method(path) is methods
    ]


def found(dialect: Dialect, path: str) -> Any:
    """What a path below ``keras`` leads to; of a refused name the sentence, which both ways of asking give."""
    module, _, name = path.rpartition(".")
    if dialect is KERAS1:
        module = MODULES_OF_KERAS_1.get(module, module)
    return named(f"keras.{module}".rstrip("."), name)


def named(module: str, name: str) -> Any:
    space: dict[str, Any] = {}
    try:
        exec(f"from {module} import {name} as found", space)
    except ImportError as error:
        with pytest.raises(AttributeError, match=re.escape(str(error))):
            getattr(importlib.import_module(module), name)
        assert getattr(importlib.import_module(module), name, None) is None
        return Refusal(str(error))
    return space["found"]


class Refusal(str):
    """The sentence about a name that is not here."""


@pytest.mark.parametrize(("dialect", "path"), rows())
def test_a_name_of_old_keras_is_there_or_refused_with_the_sentence(dialect: Dialect, path: str) -> None:
    with install_as_keras(dialect.name):
        value = found(dialect, path)
    assert (path in absent_names.KERAS) is isinstance(value, Refusal)
    if isinstance(value, Refusal):
        versions, instead = absent_names.KERAS[path]
        assert f"is a name of Keras {versions}, and torchkeras_compat does not have it: {instead}." in value


@pytest.mark.parametrize("path", absent_names.KERAS)
def test_a_refused_name_of_keras_is_refused_in_every_dialect_that_had_it(path: str) -> None:
    dialects = having(absent_names.KERAS[path][0])
    assert dialects
    for dialect in dialects:
        with install_as_keras(dialect.name):
            assert isinstance(found(dialect, path), Refusal)


def test_no_name_is_refused_and_in_the_table() -> None:
    assert {row.path for row in ROWS} & absent_names.KERAS.keys() == set()


def names_of_tensorflow() -> list[str]:
    lines = TENSORFLOW_NAMES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("path", [*names_of_tensorflow(), *filter(None, absent_names.TENSORFLOW)])
def test_a_name_of_tensorflow_is_there_or_refused_with_the_sentence(path: str) -> None:
    starts = [path.rsplit(".", n)[0] for n in range(path.count(".") + 1)]
    sentence = next((absent_names.TENSORFLOW[start] for start in starts if start in absent_names.TENSORFLOW), None)
    with install_as_keras("tf.keras"):
        module = "tensorflow"
        for part in path.split("."):
            value = named(module, part)
            if isinstance(value, Refusal):
                break
            if not isinstance(value, type(importlib)):
                value = walked(value, path, part)
                break
            module += f".{part}"
    if isinstance(value, Refusal):
        assert sentence is not None and sentence in value
        assert "Did you mean" not in value


def walked(value: Any, path: str, part: str) -> Any:
    """What is below a class: ``data.Dataset.from_tensors``."""
    for attribute in path.split(f"{part}.", 1)[1].split(".") if f"{part}." in path else ():
        value = getattr(value, attribute)
    return value


def test_what_is_offered_instead_is_there() -> None:
    texts = [*(text for _, text in absent_names.KERAS.values()), *absent_names.TENSORFLOW.values()]
    with install_as_keras("tf.keras"):
        roots = {"keras": importlib.import_module("keras"), "tf": importlib.import_module("tensorflow")}
        for root, path in {match for text in texts for match in re.findall(r"`(keras|tf)\.([\w.]+)", text)}:
            value: Any = roots[root]
            for part in path.split("."):
                value = getattr(value, part)


class Each:
    """A value that every call needs one of its own of."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def model() -> Any:
    return Sequential([layers.Dense(2, input_dim=3)])


def dense() -> Any:
    return layers.Dense(3)


# What a constructor or function needs, by the name of the argument; `Each` where every call needs one of its own.
VALUES: dict[str, Any] = {
    "X": [PREDICTED],
    "a": PREDICTED,
    "activation": "relu",
    "cell": Each(lambda: layers.LSTMCell(3)),
    "cells": Each(lambda: [layers.LSTMCell(3)]),
    "config": None,
    "features": {"a": "float"},
    "identifier": None,
    "inputs": [PREDICTED, PREDICTED],
    "layer": Each(dense),
    "layers": [],
    "learning_rate_schedule": None,
    "model": Each(model),
    "module_name": "module",
    "module_params": {"argument": 3},
    "optimizer": Each(lambda: optimizers.SGD()),
    "scale": 2.0,
    "sequence": [1],
    "sequence_length": 2,
    "tensor": Each(lambda: layers.Input((3,))),
    "targets": None,
    "arrays": [PREDICTED],
    "axes": 1,
    "batch_size": 2,
    "code": b"",
    "base_embeddings": PREDICTED,
    "base_vocabulary": ["a", "b"],
    "bin_boundaries": [0.0, 1.0],
    "border_mode": "same",
    "boundaries": [1],
    "data": ([1.0], [2.0]),
    "decay_rate": 0.9,
    "decay_steps": 5,
    "dim_size": 4,
    "dims": (2, 1),
    "equation": "abc,cd->abd",
    "expected_values": ["a"],
    "factor": 0.1,
    "filename": "log.csv",
    "filepath": "model.h5",
    "filter_length": 2,
    "filter_size": 2,
    "filters": 2,
    "first_decay_steps": 5,
    "fn": "mean_squared_error",
    "func": len,
    "function": abs,
    "generator": iter([1]),
    "height": 2,
    "height_factor": 0.1,
    "img": IMAGES[0],
    "initial_learning_rate": 0.1,
    "input_dict": {"a": 1},
    "input_dim": 5,
    "input_length": 4,
    "instance": None,
    "interval": 1,
    "iterable_or_element": [None],
    "json_string": model().to_json(),
    "k": 1,
    "kernel": np.ones((2, 2, 3, 1), "float32"),
    "kernel_dim1": 2,
    "kernel_dim2": 2,
    "kernel_dim3": 2,
    "kernel_size": 2,
    "key_dim": 2,
    "losses": PREDICTED,
    "m": 2,
    "n": 2,
    "name": "argument",
    "nb_col": 2,
    "nb_filter": 2,
    "nb_row": 2,
    "new_vocabulary": ["b", "a"],
    "normalizer": [1.0, 2.0],
    "num_bins": 4,
    "num_classes": 2,
    "num_heads": 2,
    "num_tokens": 4,
    "obj": "text",
    "object_list": [PREDICTED],
    "output_dim": 3,
    "output_length": 4,
    "output_padding": None,
    "output_shape": 3,
    "p": 0.5,
    "padding": "same",
    "precision": 0.5,
    "rate": 0.5,
    "recall": 0.5,
    "sample_weight": np.ones((2, 1), "float32"),
    "schedule": abs,
    "seed": 1,
    "sensitivity": 0.5,
    "sequences": [[1, 2], [3]],
    "shape": (2, 3),
    "sigma": 0.1,
    "size": 4,
    "spatial_axes": (1, 2),
    "specificity": 0.5,
    "stddev": 0.1,
    "stride": 1,
    "stride_size": 2,
    "target": 4,
    "target_class_ids": [0],
    "target_format": "channels_first",
    "target_shape": (3, 1),
    "units": 3,
    "value": 0.5,
    "values": PREDICTED,
    "weighted_losses": PREDICTED,
    "weights": [],
    "width": 2,
    "width_factor": 0.1,
    "x": PREDICTED,
    "y": [0, 1],
    "y_pred": PREDICTED,
    "y_true": np.array([[0.0, 1.0], [1.0, 0.0]], "float32"),
}
INPUT = layers.Input((3,))
CONTAINER = {"input": INPUT, "output": layers.Dense(2)(INPUT)}
# The same for the arguments of one function, or those of a namespace.
VALUES_OF: dict[str, dict[str, Any]] = {
    "callbacks.BackupAndRestore": {"backup_dir": "backups"},
    "engine.topology.Container": CONTAINER,
    "initializations.identity": {"shape": (2, 2)},
    "layers.CategoryEncoding": {"num_tokens": 4},
    "layers.Deconv2D": {"output_shape": (None, 3, 3, 2)},
    "layers.Deconvolution2D": {"output_shape": (None, 3, 3, 2)},
    "layers.Discretization": {"num_bins": 4, "bin_boundaries": None},
    "layers.Bidirectional": {"layer": Each(lambda: layers.LSTM(3))},
    "layers.Input": {"shape": (3,)},
    "layers.InputLayer": {"input_shape": (3,)},
    "layers.SpectralNormalization": {"layer": Each(dense)},
    "layers.deserialize": {"config": layers.serialize(dense())},
    "layers.dot": {"axes": 1},
    "layers.serialize": {"layer": Each(dense)},
    "models.Model": CONTAINER,
    "models.model_from_config": {"config": {"class_name": "Sequential", "config": model().get_config()}},
    "optimizers.deserialize": {"config": {"class_name": "SGD", "config": {"lr": 0.1}}},
    "optimizers.optimizer_from_config": {"config": {"class_name": "SGD", "config": {"lr": 0.1}}},
    "optimizers.schedules.deserialize": {
        "config": optimizers.schedules.serialize(optimizers.schedules.ExponentialDecay(0.1, 5, 0.9))
    },
    "optimizers.schedules.serialize": {
        "learning_rate_schedule": Each(lambda: optimizers.schedules.ExponentialDecay(0.1, 5, 0.9))
    },
    "utils.array_to_img": {"x": IMAGES[0]},
    "utils.layer_utils.layer_from_config": {"config": layers.serialize(dense())},
    "utils.np_utils.categorical_probas_to_classes": {"p": PREDICTED},
    "utils.split_dataset": {"dataset": np.ones((4, 2)), "left_size": 0.5},
    "utils.timeseries_dataset_from_array": {"data": np.arange(8.0)},
    "activations": {"identifier": "relu", "name": "relu", "activation": "relu"},
    "constraints": {"identifier": "non_neg", "config": "non_neg", "constraint": None},
    "initializations": {"identifier": "uniform"},
    "initializers": {"identifier": "zeros", "config": "zeros", "initializer": initializers.Zeros()},
    "losses": {"identifier": "mse", "name": "mse", "loss": "mse"},
    "losses.sparse_categorical_crossentropy": {"y_true": np.array([1.0, 0.0])},
    "metrics": {"identifier": "mse", "name": "mse", "config": "mse", "metric": "mse"},
    "metrics.sparse_categorical_crossentropy": {"y_true": np.array([1.0, 0.0])},
    "metrics.sparse_categorical_accuracy": {"y_true": np.array([1.0, 0.0])},
    "metrics.sparse_top_k_categorical_accuracy": {"y_true": np.array([1.0, 0.0])},
    "optimizers": {"identifier": "sgd"},
    "optimizers.schedules.PiecewiseConstantDecay": {"values": [1.0, 0.5]},
    "regularizers": {"identifier": "l2", "config": "l2", "regularizer": None},
    "utils.conv_utils.normalize_padding": {"value": "same"},
    "utils.conv_utils.normalize_tuple": {"value": 1},
    "utils.generic_utils.transpose_shape": {"shape": (1, 2, 3, 4)},
    "utils.generic_utils.has_arg": {"fn": len},
    "utils.np_utils.accuracy": {"p": np.array([0, 1])},
    "utils.np_utils.binary_logloss": {"p": np.array([0.2, 0.8])},
    "utils.np_utils.multiclass_logloss": {"p": PREDICTED, "y": np.eye(2)},
}


# Whose calls need files, a network or an answer: called in tests of their own.
CALLED_ELSEWHERE = {
    "get_file": "tests/legacy/utils/test_get_file.py",
    "validate_file": "tests/legacy/utils/test_file_hashes.py",
    "load_model": "tests/saving/test_legacy_h5.py",
    "save_model": "tests/saving/test_file_objects.py",
    "ask_to_proceed_with_overwrite": "tests/legacy/utils/test_overwriting.py",
    "save_array": "tests/legacy/utils/test_hdf5_arrays.py",
    "load_array": "tests/legacy/utils/test_hdf5_arrays.py",
    "HDF5Matrix": "tests/legacy/utils/test_hdf5_matrix.py",
    "func_dump": "tests/legacy/utils/test_stored_functions.py",
    "func_load": "tests/legacy/utils/test_stored_functions.py",
    "layer_test": "tests/legacy/utils/test_layer_test.py",
    "plot": "tests/legacy/utils/test_plots.py",
    "plot_model": "tests/utils/test_model_plot.py",
    "model_to_dot": "tests/utils/test_model_plot.py",
    "load_img": "tests/utils/test_images.py",
    "save_img": "tests/utils/test_images.py",
    "model_from_yaml": "tests/legacy/models/test_yaml.py",
    "multi_gpu_model": "tests/legacy/utils/test_multi_gpu.py",
    "convert_dense_weights_data_format": "tests/legacy/utils/test_kernels.py",
    "DenseFeatures": "tests/dialects/tensorflow/feature_column/test_dense_features.py",
    "audio_dataset_from_directory": "tests/utils/test_audio_folder.py",
    "image_dataset_from_directory": "tests/utils/test_image_folder.py",
    "text_dataset_from_directory": "tests/utils/test_text_folder.py",
}


def required(path: str, names: list[str]) -> dict[str, Any]:
    """Values for these arguments, and for all others that the function cannot do without."""
    starts = [path.rsplit(".", n)[0] for n in range(path.count(".") + 1)]
    of = {k: v for start in reversed(starts) for k, v in VALUES_OF.get(start, {}).items()}
    known = {**VALUES, **of}
    return {**{name: known[name] for name in names}, **VALUES_OF.get(path, {})}


def test_what_is_called_elsewhere_is() -> None:
    root = Path(__file__).parents[2]
    assert [name for name, file in CALLED_ELSEWHERE.items() if name not in (root / file).read_text("utf-8")] == []


def calls() -> list[Any]:
    found = []
    for dialect in OLD:
        for path, signature in signatures(dialect).items():
            if is_method(path) or path in absent_names.KERAS or path.rpartition(".")[2] in CALLED_ELSEWHERE:
                continue
            given = required(path, [n for n, v in signature.defaults.items() if v is REQUIRED])
            found.append(pytest.param(dialect, path, signature, given, id=f"{dialect.name}-{path}"))
    return found


@pytest.mark.parametrize(("dialect", "path", "signature", "given"), calls())
def test_a_name_of_old_keras_takes_its_arguments(
    dialect: Dialect, path: str, signature: OldSignature, given: dict[str, Any]
) -> None:
    def own(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value.make() if isinstance(value, Each) else value for name, value in values.items()}

    by_name = {n: v for n, v in signature.defaults.items() if v not in (REQUIRED, COMPUTED)}
    everything = {**by_name, **given}
    by_place = list(signature.defaults)[: signature.positional]
    with install_as_keras(dialect.name):
        call = found(dialect, path)
        call(**own(given))
        call(**own(everything))
        if not signature.has_varargs and everything.keys() >= set(by_place):
            values = own(everything)
            call(*(values.pop(name) for name in by_place))
