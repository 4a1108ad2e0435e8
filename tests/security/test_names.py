"""Every public name at every position of a config: only what belongs there is made, and nothing is called.

Which names belong where is worked out here from the classes themselves, and not from the tables of the package. A new
public function or class is tried as soon as it has a name.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

import pytest
import torch

import torchkeras_compat as keras
from tests import public_names
from tests.security.forging import FORMATS, function, load, named, sequential
from tests.security.positions import LISTED, Position, by_argument
from tests.security.watching import nothing_happens
from torchkeras_compat.naming import to_snake_case

SPACES = {space: importlib.import_module(space) for space in public_names.NAMESPACES}
PUBLIC = [(space, name) for space, module in SPACES.items() for name in dir(module)]
OBJECTS = {(space, name): getattr(SPACES[space], name) for space, name in PUBLIC}

_BASES = {
    "layers": (keras.layers.Layer,),
    "losses": (keras.losses.Loss,),
    "metrics": (keras.metrics.Metric,),
    "optimizers": (keras.optimizers.Optimizer,),
    "optimizer_maps": (keras.optimizers.OptimizerMap,),
    "schedules": (keras.optimizers.schedules.LearningRateSchedule,),
    "initializers": (keras.initializers.Initializer,),
    "regularizers": (keras.regularizers.Regularizer,),
    "constraints": (keras.constraints.Constraint,),
    "activations": (),
    "operations": (),
    "quantizers": (keras.quantizers.Quantizer,),
    "quantization_configs": (keras.quantizers.QuantizationConfig,),
    "dtype_policies": (keras.dtype_policies.DTypePolicy, keras.dtype_policies.DTypePolicyMap),
    "seed_generators": (keras.random.SeedGenerator,),
    "distillation_losses": (keras.distillation.DistillationLoss,),
}
# Public functions that a config may name, where a function is wanted: each computes a tensor of tensors. A name that is
# added to these namespaces must be thought about, and added here if it takes or makes nothing but values.
_FUNCTIONS = {
    "activations": ["activations"],
    "losses": ["losses"],
    "metrics": ["metrics"],
    "operations": ["ops", "ops.numpy", "ops.nn", "ops.linalg", "ops.image", "activations"],
}
_CALL_WHAT_THEY_ARE_GIVEN = set(
    "associative_scan cond custom_gradient fori_loop jvp map scan switch vectorize vectorized_map while_loop".split()
)
_MAKE_OBJECTS = {"get", "serialize", "deserialize"}
_NUMBER_OF_FUNCTIONS = {"activations": 32, "losses": 22, "metrics": 23, "operations": 345}


def functions_of(kind: str) -> dict[str, Any]:
    modules = [SPACES[f"torchkeras_compat.{space}"] for space in _FUNCTIONS[kind]]
    found = {name: getattr(module, name) for module in modules for name in dir(module)}
    return {
        name: obj
        for name, obj in found.items()
        if inspect.isroutine(obj) and name not in _CALL_WHAT_THEY_ARE_GIVEN | _MAKE_OBJECTS
    }


ALLOWED_FUNCTIONS = {kind: functions_of(kind) for kind in _FUNCTIONS}


def is_allowed(position: Position, obj: Any) -> bool:
    if inspect.isclass(obj):
        return any(issubclass(obj, _BASES[kind]) for kind in position.kinds if _BASES[kind])
    return any(obj is one for kind in position.kinds for one in ALLOWED_FUNCTIONS.get(kind, {}).values())


def test_the_number_of_functions_that_a_config_may_name_is_known() -> None:
    """Someone who adds a public function looks at it here, and counts it in if a file may name it."""
    assert {kind: len(found) for kind, found in ALLOWED_FUNCTIONS.items()} == _NUMBER_OF_FUNCTIONS


def spelled(space: str, name: str, obj: Any) -> list[Any]:
    """The spellings by which a config could mean a public name."""
    module = "keras" + space.removeprefix("torchkeras_compat")
    found = [named(name, module), named(name, None), function(name, module), function(name)]
    own = getattr(obj, "__module__", None)
    if isinstance(own, str):
        found += [named(name, own), function(name, own, name)]
    return found


def outcome(position: Position, config: Any) -> Any:
    """What reading a config does: what was made, or the error."""
    try:
        return keras.layers.deserialize(position.config(config))
    except Exception as error:
        return error


_REFUSALS = (
    "is wanted",
    "Could not locate",
    "which calls functions",
    "does not have.",
    "no `from_config()` method",
    "must be an integer or None",
    "Unknown dtype policy",
)

HARMFUL_SPACES = set("utils saving models testing plugins backend callbacks datasets torchkeras_compat".split())
HARMFUL = [(space, name) for space, name in PUBLIC if space.rpartition(".")[2] in HARMFUL_SPACES]
ONE_OF_EACH = [
    ("torchkeras_compat.layers", "Dense"),
    ("torchkeras_compat.losses", "MeanSquaredError"),
    ("torchkeras_compat.losses", "mean_squared_error"),
    ("torchkeras_compat.metrics", "AUC"),
    ("torchkeras_compat.optimizers", "Adam"),
    ("torchkeras_compat.optimizers.schedules", "CosineDecay"),
    ("torchkeras_compat.initializers", "Zeros"),
    ("torchkeras_compat.regularizers", "L2"),
    ("torchkeras_compat.constraints", "NonNeg"),
    ("torchkeras_compat.activations", "relu"),
    ("torchkeras_compat.ops", "add"),
    ("torchkeras_compat.ops", "fori_loop"),
    ("torchkeras_compat.random", "gamma"),  # not `normal`, which alone is the name of an initializer, too
]


def allowed_names(position: Position) -> set[str]:
    """The names that mean something allowed in some namespace, classes also in snake case."""
    allowed = {name for place, name in PUBLIC if is_allowed(position, OBJECTS[place, name])}
    return allowed | {spelling for name in allowed for spelling in (to_snake_case(name), name.lower())}


def refused(position: Position, tried: list[tuple[str, str]]) -> list[str]:
    """Try names, each in another of its spellings, and return those that were not refused as they should be."""
    allowed = allowed_names(position)
    wrong = []
    for number, (space, name) in enumerate(tried):
        if name in allowed:  # here, or in another namespace
            continue
        choices = spelled(space, name, OBJECTS[space, name])
        config = choices[number % len(choices)]
        found = outcome(position, config)
        if not isinstance(found, ValueError) or not any(r in str(found) for r in _REFUSALS):
            wrong.append(f"{config['class_name']} {name} of {config['module']}: {found!r:.200}")
    return wrong


@pytest.mark.parametrize("position", LISTED, ids=lambda p: p.label.replace(" ", "-"))
def test_a_position_takes_what_is_of_its_kind_and_nothing_else(position: Position, victim: Path) -> None:
    with nothing_happens():
        wrong = refused(position, PUBLIC)
    assert not wrong, f"{len(wrong)} names were not refused: {wrong[:10]}"


def test_an_argument_takes_what_its_name_says_and_nothing_else(victim: Path) -> None:
    wrong = {}
    with nothing_happens():
        for position in by_argument():
            wrong[position.label] = refused(position, [*HARMFUL, *ONE_OF_EACH])
    assert not any(wrong.values()), {label: found[:3] for label, found in wrong.items() if found}
    assert len(wrong) > 150


def test_a_position_takes_each_name_that_belongs_there() -> None:
    wrong = []
    for position in LISTED:
        for space, name in PUBLIC:
            obj = OBJECTS[space, name]
            if (
                name != "DistillationLoss"
                and space.count(".") == 1
                and is_allowed(position, obj)
                and not inspect.ismodule(obj)
            ):
                module = "keras" + space.removeprefix("torchkeras_compat")
                config = named(name, module) if inspect.isclass(obj) else function(name, module)
                found = outcome(position, config)
                if isinstance(found, Exception) and any(r in str(found) for r in _REFUSALS):
                    wrong.append(f"{position.label}: {module}.{name}: {found!r:.300}")
    assert not wrong, f"{len(wrong)} names were refused: {wrong[:10]}"


# The positions that were open once.
OPEN_ONCE = [
    p
    for p in LISTED
    if p.label in ("the file itself", "a layer of a Sequential", "function of Lambda", "an argument of an operation")
]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("position", OPEN_ONCE, ids=lambda p: p.label.replace(" ", "-"))
def test_no_format_is_another_door(position: Position, form: str, victim: Path, tmp_path: Path) -> None:
    allowed = allowed_names(position)
    with nothing_happens(tmp_path):
        for space, name in HARMFUL:
            obj = OBJECTS[space, name]
            if inspect.ismodule(obj) or name in allowed:
                continue
            module = "keras" + space.removeprefix("torchkeras_compat")
            config = named(name, module) if inspect.isclass(obj) else function(name, module)
            with pytest.raises(ValueError):
                load(position.config(config), form, tmp_path)
                pytest.fail(f"{space}.{name} was loaded")


def test_loading_calls_none_of_the_public_functions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="relu")])
    model.compile("adam", "mse", metrics=["mae"])
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
    called = []
    for kind, found in ALLOWED_FUNCTIONS.items():
        for name, obj in found.items():
            inner = inspect.unwrap(obj)
            if hasattr(inner, "__code__"):
                called.append((kind, name, inner.__code__))
    codes = {code: f"{kind}.{name}" for kind, name, code in called}
    seen: set[str] = set()

    def note(frame: Any, event: str, argument: Any) -> None:
        real = any(isinstance(v, torch.Tensor) and v.device.type != "meta" for v in frame.f_locals.values())
        if event == "call" and frame.f_code in codes and real:
            seen.add(codes[frame.f_code])

    import sys

    sys.setprofile(note)
    try:
        keras.saving.deserialize_keras_object(config)
    finally:
        sys.setprofile(None)
    seen.discard("operations.convert_to_tensor")  # of initial values that are numbers
    assert not seen, f"reading a config computed {seen}"


def test_a_custom_object_is_taken_at_positions_of_its_kind_only() -> None:
    @keras.saving.register_keras_serializable("security")
    class Spy(keras.callbacks.Callback):
        def get_config(self) -> dict[str, Any]:
            return {}

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Spy:
            return cls()

    try:
        spy = {"module": "x", "class_name": "Spy", "config": {}, "registered_name": "security>Spy"}
        with pytest.raises(ValueError, match="'Spy'.* where a layer is wanted"):
            keras.saving.deserialize_keras_object(sequential(spy))
    finally:
        keras.saving.get_custom_objects().pop("security>Spy")
