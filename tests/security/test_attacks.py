"""Files that try to make the reader act: each is refused, and nothing happens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import torchkeras_compat as keras
from tests.security.forging import FORMATS, function, functional, load, named, sequential, tensor
from tests.security.watching import nothing_happens
from torchkeras_compat.errors import FileContentError, FileSafetyError

NUMPY, CORE = "keras.src.ops.numpy", "keras.src.ops.core"


def plain(value: Any) -> Any:
    return value


def operation(name: str, module: str, args: list[Any], **config: Any) -> dict[str, Any]:
    return functional(named(name, module, **config), args)


def switched(called: dict[str, Any], *arguments: Any) -> dict[str, Any]:
    """`Switch(0, [f], *arguments)`: a call of ``f`` with the file's arguments."""
    return operation("Switch", CORE, [0, [called], *arguments])


def on_input(called: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    return sequential(named("Lambda", function=called, arguments=arguments), shape=[None, 3])


def compiled(**training: Any) -> dict[str, Any]:
    optimizer = named("SGD", "keras.optimizers", learning_rate=0.1)
    settings = {"optimizer": optimizer, "loss": "mse", **training}
    return {**sequential(), "compile_config": settings}


def dense(**config: Any) -> dict[str, Any]:
    return sequential(named("Dense", units=2, **config), shape=[None, 3])


WRITER = named("CSVLogger", "keras.callbacks", filename="written.csv")
DEFINED = "keras.saving", "keras.utils", "keras.models"

ATTACKS: dict[str, dict[str, Any]] = {
    # -- functions that act, called by control flow ------------------------------------------------------------------
    "switch-fetches": switched(function("get_file", "keras.utils"), "a.txt", "http://127.0.0.1:9/a.txt"),
    "switch-imports": switched(function("check_plugin", "keras.testing"), "antigravity"),
    "switch-saves-an-image": switched(function("save_img", "keras.utils"), "precious.txt", [[[1.0]]]),
    "switch-saves-a-model": switched(function("save_model", "keras.saving"), None, "written.keras"),
    "switch-loads-a-model": switched(function("load_model", "keras.models"), "other.keras"),
    "switch-reads-a-folder": switched(function("image_dataset_from_directory", "keras.utils"), "/etc"),
    "switch-sets-floatx": switched(function("set_floatx", "keras.config"), "float64"),
    "switch-sets-the-seed": switched(function("set_random_seed", "keras.utils"), 1),
    "switch-sets-the-policy": switched(function("set_dtype_policy", "keras.config"), "mixed_bfloat16"),
    "switch-clears-the-session": switched(function("clear_session", "keras.utils")),
    "switch-installs": switched(function("install_as_keras", "keras")),
    "switch-allows-lambdas": switched(function("enable_unsafe_deserialization", "keras.config")),
    "switch-evaluates": switched(function("eval", "builtins"), "open('written.txt', 'w')"),
    "switch-executes": switched(function("exec", "builtins"), "import antigravity"),
    "switch-runs-a-command": switched(function("system", "os", "system"), "touch written.txt"),
    "switch-with-an-input": switched(function("get_file", "keras.utils"), tensor("first")),
    "cond-calls": operation("Cond", CORE, [True, function("clear_session", "keras.utils"), function("relu")]),
    "fori-loop-for-ever": operation("ForiLoop", CORE, [0, 10**15, function("add", "keras.ops"), tensor("first")]),
    "while-loop-for-ever": operation(
        "WhileLoop", CORE, [function("any", "keras.ops"), function("abs", "keras.ops"), [tensor("first")]]
    ),
    "map-calls": operation("Map", CORE, [function("print", "builtins"), tensor("first")]),
    "scan-calls": operation("Scan", CORE, [function("add", "keras.ops"), 0, tensor("first")]),
    "associative-scan-calls": operation("AssociativeScan", CORE, [function("add", "keras.ops"), tensor("first")]),
    "vectorized-map-calls": operation("VectorizedMap", CORE, [function("abs", "keras.ops"), tensor("first")]),
    "vectorize-calls": operation("Vectorize", NUMPY, [function("abs", "keras.ops")]),
    "custom-gradient": operation("CustomGradient", CORE, [function("abs", "keras.ops")]),
    "jvp-calls": operation("JVP", CORE, [function("abs", "keras.ops"), tensor("first"), tensor("first")]),
    # -- operations that compute while the file is read --------------------------------------------------------------
    "an-operation-on-numbers": operation("Add", NUMPY, [1, 2]),
    "a-huge-operation": operation("Zeros", NUMPY, [[10**6, 10**6]]),
    "a-huge-repeat": operation("Repeat", NUMPY, [[1.0], 10**12]),
    "a-range": operation("Arange", NUMPY, [0, 10**12]),
    "an-identity": operation("Eye", NUMPY, [10**6]),
    "a-tensor-of-its-own": operation(
        "Square", NUMPY, [{"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "float32"}}]
    ),
    "a-layer-on-numbers": functional(named("Dense", units=2), [[[1.0, 2.0]]]),
    "a-layer-without-arguments": functional(named("Dense", units=2), []),
    "an-operation-that-is-none": operation("GetFile", "keras.src.ops.utils", [tensor("first")]),
    "an-operation-by-a-private-name": operation("_functions", NUMPY, [tensor("first")]),
    "an-operation-that-is-a-module": operation("numpy", "keras.src.ops", [tensor("first")]),
    "an-operation-deserializes": operation("Deserialize", NUMPY, [tensor("first")]),
    # -- functions where a function is wanted, but not this one ------------------------------------------------------
    "lambda-fetches": on_input(function("get_file", "keras.utils"), origin="http://127.0.0.1:9/a"),
    "lambda-imports": on_input(function("check_plugin", "keras.testing")),
    "lambda-saves": on_input(function("save_img", "keras.utils"), path="precious.txt"),
    "lambda-loops": on_input(function("fori_loop", "keras.ops"), upper=10**15),
    "lambda-calls": on_input(function("map", "keras.ops"), xs=[1]),
    "lambda-is-a-class": on_input(function("CSVLogger", "keras.callbacks"), filename="written.csv"),
    "lambda-of-builtins": on_input(function("print", "builtins")),
    "lambda-of-os": on_input(function("system", "os", "system")),
    "lambda-by-a-string": sequential(named("Lambda", function="get_file")),
    "lambda-with-a-writer": on_input(function("relu"), negative_slope=WRITER),
    "lambda-with-a-function": on_input(function("relu"), negative_slope=function("get_file", "keras.utils")),
    "lambda-as-bytecode": sequential(
        named("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wAAAAA=", "defaults": None}})
    ),
    "lambda-as-bytecode-of-keras-2": sequential(
        named("Lambda", function=["4wAAAAA=", None, None], function_type="lambda")
    ),
    "lambda-shape-acts": sequential(
        named("Lambda", function=function("relu"), output_shape=function("get_file", "keras.utils")), shape=[None, 3]
    ),
    "lambda-mask-acts": sequential(
        named("Lambda", function=function("relu"), mask=function("get_file", "keras.utils")), shape=[None, 3]
    ),
    "loss-fetches": compiled(loss=function("get_file", "keras.utils")),
    "loss-by-class": compiled(loss=named("get_file", "keras.utils")),
    "loss-makes-objects": compiled(loss=function("deserialize", "keras.losses")),
    "metric-fetches": compiled(metrics=[function("get_file", "keras.utils")]),
    "metric-in-a-wrapper": compiled(
        metrics=[named("MeanMetricWrapper", "keras.metrics", fn=function("get_file", "keras.utils"))]
    ),
    "loss-in-a-wrapper": compiled(
        loss=named("LossFunctionWrapper", "keras.losses", fn=function("get_file", "keras.utils"))
    ),
    "metric-writes": compiled(metrics=[WRITER]),
    "weighted-metric-writes": compiled(weighted_metrics={"dense": [WRITER]}),
    "optimizer-writes": compiled(optimizer=WRITER),
    "schedule-writes": compiled(optimizer=named("Adam", "keras.optimizers", learning_rate=WRITER)),
    "loss-weights-write": compiled(loss_weights=[WRITER]),
    "jit-writes": compiled(jit_compile=WRITER),
    # -- objects where others belong ---------------------------------------------------------------------------------
    "the-file-is-a-callback": WRITER,
    "the-file-is-a-function": function("get_file", "keras.utils"),
    "the-file-is-an-optimizer": named("Adam", "keras.optimizers"),
    "a-layer-is-a-callback": sequential(WRITER),
    "a-layer-is-a-backup": sequential(named("BackupAndRestore", "keras.callbacks", backup_dir="written")),
    "a-layer-is-a-monitor": sequential(named("RemoteMonitor", "keras.callbacks", root="http://127.0.0.1:9")),
    "a-layer-is-an-editor": sequential(named("KerasFileEditor", "keras.saving", filepath="precious.txt")),
    "a-layer-is-a-data-set": sequential(named("PyDataset", "keras.utils")),
    "a-layer-is-a-function": sequential(named("get_file", "keras.utils")),
    "a-layer-is-a-module": sequential(named("os", "builtins")),
    "a-layer-is-the-input-function": sequential(named("Input", "keras.layers", shape=[3])),
    "a-layer-of-another-package": sequential(named("Popen", "subprocess", args="touch written.txt", shell=True)),
    "a-layer-of-torch": sequential(named("Linear", "torch.nn", in_features=2, out_features=2)),
    "a-layer-by-a-path": sequential(named("os.system", "keras.layers")),
    "a-layer-by-a-registered-name": sequential({**named("Dense", units=2), "registered_name": "os>system"}),
    "a-layer-by-a-dunder": sequential(named("__getattr__", "keras.layers")),
    "an-initializer-fetches": dense(kernel_initializer=function("get_file", "keras.utils")),
    "an-initializer-is-a-function": dense(kernel_initializer=function("relu")),
    "an-initializer-writes": dense(kernel_initializer=WRITER),
    "a-regularizer-fetches": dense(kernel_regularizer=function("get_file", "keras.utils")),
    "a-constraint-fetches": dense(kernel_constraint=function("get_file", "keras.utils")),
    "an-activation-fetches": dense(activation=function("get_file", "keras.utils")),
    "an-activation-loads": dense(activation=function("load_model", "keras.models")),
    "an-activation-is-of-random": dense(activation=function("normal", "keras.random")),
    "an-activation-by-a-string": dense(activation="get_file"),
    "a-policy-writes": dense(dtype=WRITER),
    "a-quantization-writes": dense(quantization_config=WRITER),
    "a-quantizer-fetches": dense(
        quantization_config=named(
            "Int8QuantizationConfig", "keras.quantizers", weight_quantizer=function("get_file", "keras.utils")
        )
    ),
    "a-constant-writes": dense(kernel_initializer=named("Constant", "keras.initializers", value=WRITER)),
    "a-cell-writes": sequential(named("RNN", cell=WRITER)),
    "a-wrapped-layer-writes": sequential(named("TimeDistributed", layer=WRITER)),
    "a-backward-layer-writes": sequential(named("Bidirectional", layer=named("LSTM", units=2), backward_layer=WRITER)),
    "an-argument-of-a-call-writes": functional(named("Dense", units=2), [tensor("first"), WRITER]),
    "a-keyword-of-a-call-fetches": functional(
        named("Dense", units=2), [tensor("first")], {"mask": function("get_file", "keras.utils")}
    ),
    "a-setting-of-an-operation-writes": operation("Sum", NUMPY, [tensor("first")], axis=WRITER),
    "a-teacher-writes": named("Distiller", "keras.distillation", teacher=WRITER, student=WRITER),
    # -- other spellings of the same ---------------------------------------------------------------------------------
    **{
        f"get-file-of-{module or 'nowhere'}-{kind}": sequential(
            named("get_file", module) if kind == "class" else function("get_file", module, registered)
        )
        for module in ("keras", "keras.utils", "keras.src.utils.file_utils", "tensorflow.keras.utils", "", None)
        for kind, registered in (("class", None), ("function", "function"), ("registered", "get_file"))
    },
    "get-file-in-capitals": sequential(named("GetFile", "keras.utils")),
    "get-file-with-a-package": sequential(named("keras>get_file", "keras.utils")),
    "get-file-with-a-blank": sequential(named(" get_file", "keras.utils")),
    "get-file-by-the-name-of-its-module": sequential(named("get_file", "torchkeras_compat.data.download")),
    # -- data that is not data ---------------------------------------------------------------------------------------
    "an-array-of-objects": dense(
        kernel_initializer=named(
            "Constant", "keras.initializers", value={"class_name": "__numpy__", "config": {"value": [1], "dtype": "O"}}
        )
    ),
    "an-array-of-huge-strings": dense(
        kernel_initializer=named(
            "Constant",
            "keras.initializers",
            value={"class_name": "__numpy__", "config": {"value": ["a"] * 9, "dtype": "S1000000000"}},
        )
    ),
    "a-type-specification": sequential({"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": [1]}),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_that_acts_is_refused_and_nothing_happens(attack: str, form: str, victim: Path, tmp_path: Path) -> None:
    config = ATTACKS[attack]
    training = config.get("compile_config") if form == "model.h5" else None
    with nothing_happens(tmp_path):
        begun = time.monotonic()
        with pytest.raises(ValueError):
            load(config, form, tmp_path, training)
        assert time.monotonic() - begun < 60


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "config",
    [
        compiled(loss=function("mean_squared_error", "keras.losses"), metrics=[named("AUC", "keras.metrics")]),
        sequential(named("Activation", activation=function("relu", "keras.activations"))),
        functional(named("Add", NUMPY), [tensor("first"), 1.0]),
        sequential(
            named("Lambda", function=function("leaky_relu"), arguments={"negative_slope": 0.5}), shape=[None, 3]
        ),
    ],
    ids=["compiled", "activation", "operation", "lambda"],
)
def test_the_same_files_load_where_nothing_is_wrong(config: dict[str, Any], form: str, tmp_path: Path) -> None:
    training = config.get("compile_config")
    model = load(config, form, tmp_path, training)
    assert isinstance(model, keras.Model) and model.compiled == (training is not None)


def test_an_error_says_what_was_named_and_where() -> None:
    config = dense(kernel_initializer=function("get_file", "keras.utils"))
    with pytest.raises(FileSafetyError, match="function 'get_file' of 'keras.utils' where an initializer is wanted"):
        keras.models.model_from_json(json.dumps(config))
    config = sequential({**named("Bidirectional", layer=WRITER), "name": "b"})
    with pytest.raises(FileSafetyError, match="in Bidirectional of Sequential 's'"):
        keras.models.model_from_json(json.dumps(config))


class Registered(keras.callbacks.Callback):
    made = 0

    def __init__(self, *args: Any) -> None:
        type(self).made += 1
        super().__init__()

    def get_config(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize("part", ["function", "mask", "output_shape"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_lambda_of_the_name_of_a_class_does_not_make_it(form: str, part: str, tmp_path: Path) -> None:
    stored = {"class_name": "__lambda__", "config": {"code": "4wAAAAA=", "defaults": None, "closure": None}}
    settings = {"function": function("relu"), part: stored}
    config = sequential(named("Lambda", name="mine>Registered", **settings), shape=[None, 3])
    with pytest.raises(ValueError, match="never loaded"):
        load(config, form, tmp_path, custom_objects={"mine>Registered": Registered})
    assert Registered.made == 0


def test_a_function_does_not_come_to_another_position_by_a_shared_number(tmp_path: Path) -> None:
    shared = {**function("relu"), "shared_object_id": 1}
    zeros = {**named("Zeros", "keras.initializers"), "shared_object_id": 1}
    config = sequential(named("Dense", units=2, activation=shared, kernel_initializer=zeros))
    model = load(config, "model.keras", tmp_path)
    assert type(model.layers[0].kernel_initializer) is keras.initializers.Zeros


@pytest.mark.parametrize(
    "config",
    [
        named("TimeDistributed"),
        named("StackedRNNCells"),
        {"class_name": "Functional", "config": {"name": "a", "layers": [{}], "input_layers": [], "output_layers": []}},
        {**named("Dense", units=2), "build_config": {"shapes_dict": 5}},
        {**named("Dense", units=2), "build_config": [1]},
    ],
    ids=["wrapper", "cells", "graph", "shapes", "list"],
)
def test_a_config_that_lacks_parts_is_one_clean_exception(config: dict[str, Any]) -> None:
    for door in (keras.layers.deserialize, keras.saving.deserialize_keras_object):
        with pytest.raises(FileContentError, match="malformed"):
            door(config)


DOORS: dict[str, Callable[[Any], Any]] = {
    "deserialize_keras_object": keras.saving.deserialize_keras_object,
    "utils.deserialize_keras_object": keras.utils.deserialize_keras_object,
    "layers.deserialize": keras.layers.deserialize,
    "model_from_json": lambda config: keras.models.model_from_json(json.dumps(config)),
    "Model.from_config": lambda config: keras.Model.from_config(config["config"]),
    "Sequential.from_config": lambda config: keras.Sequential.from_config(config["config"]),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "attack", ["a-layer-is-a-callback", "get-file-of-keras.utils-class", "a-cell-writes", "lambda-fetches"]
)
def test_every_door_is_the_same_one(door: str, attack: str, victim: Path) -> None:
    with nothing_happens(), pytest.raises((ValueError, TypeError)):
        DOORS[door](ATTACKS[attack])


@pytest.mark.parametrize(
    ("space", "config"),
    [
        ("losses", function("get_file", "keras.utils")),
        ("losses", named("Adam", "keras.optimizers")),
        ("metrics", WRITER),
        ("optimizers", WRITER),
        ("optimizers", named("Dense", units=2)),
        ("optimizers.schedules", WRITER),
        ("initializers", function("load_model", "keras.models")),
        ("initializers", named("Dense", units=2)),
        ("regularizers", WRITER),
        ("constraints", WRITER),
        ("activations", function("load_model", "keras.models")),
        ("activations", WRITER),
        ("quantizers", WRITER),
        ("dtype_policies", WRITER),
    ],
)
def test_the_deserialize_of_a_kind_gives_nothing_else(space: str, config: dict[str, Any], victim: Path) -> None:
    module: Any = keras
    for part in space.split("."):
        module = getattr(module, part)
    with nothing_happens(), pytest.raises(ValueError):
        module.deserialize(config)


def test_the_get_of_a_kind_takes_no_config_of_another() -> None:
    for space in ("losses", "metrics", "optimizers", "initializers", "regularizers", "constraints", "activations"):
        with pytest.raises(ValueError, match="where an? .* is wanted"):
            getattr(keras, space).get(function("get_file", "keras.utils"))
        with pytest.raises(ValueError):
            getattr(keras, space).get("get_file")
