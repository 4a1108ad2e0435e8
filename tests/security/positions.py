"""The positions of a config that take objects, each with the kinds that belong there.

The list is made from the constructors: an argument named ``kernel_initializer`` takes an initializer in whichever class
it stands. What the names do not say is listed by hand.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.security.forging import function, functional, named, sequential, tensor


@dataclass(frozen=True)
class Position:
    """One position.

    Args:
        label: For messages.
        kinds: Kinds that may stand there.
        config: Puts the config of an object there, into the config of a model.
    """

    label: str
    kinds: tuple[str, ...]
    config: Callable[[Any], dict[str, Any]]


_BY_SUFFIX = {
    "initializer": ("initializers",),
    "regularizer": ("regularizers",),
    "constraint": ("constraints",),
    "activation": ("activations", "operations", "layers"),
}
# Arguments that the classes of `layers` cannot do without, so that it is the object at the position that fails.
NEEDED: dict[str, dict[str, Any]] = {
    "units": {"units": 2},
    "filters": {"filters": 2},
    "kernel_size": {"kernel_size": 1},
    "input_dim": {"input_dim": 2},
    "output_dim": {"output_dim": 2},
    "num_heads": {"num_heads": 1},
    "key_dim": {"key_dim": 2},
    "head_dim": {"head_dim": 2},
    "num_query_heads": {"num_query_heads": 2},
    "num_key_value_heads": {"num_key_value_heads": 1},
    "equation": {"equation": "ab,bc->ac"},
    "output_shape": {"output_shape": 2},
    "dims": {"dims": [1]},
    "target_shape": {"target_shape": [3]},
    "n": {"n": 2},
    "rate": {"rate": 0.5},
    "stddev": {"stddev": 0.5},
    "scale": {"scale": 0.5},
    "axes": {"axes": 1},
}


def by_argument() -> Iterator[Position]:
    """Positions of constructors' arguments whose names say the kind."""
    layers = importlib.import_module("torchkeras_compat.layers")
    for name in dir(layers):
        cls = getattr(layers, name)
        if not inspect.isclass(cls) or cls.__name__ != name or not hasattr(cls, "get_config"):
            continue
        parameters = inspect.signature(cls.__init__).parameters
        for argument in parameters:
            kinds = next((k for suffix, k in _BY_SUFFIX.items() if argument.endswith(suffix)), None)
            if kinds is None:
                continue
            needed = {k: v for key in parameters for k, v in NEEDED.get(key, {}).items()}
            yield Position(f"{argument} of {name}", kinds, _layer_with(name, argument, needed))


def _layer_with(name: str, argument: str, needed: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: sequential(named(name, **{**needed, argument: value}))


def _feature_space(preprocessor: Any) -> dict[str, Any]:
    feature = named("Feature", dtype="float32", preprocessor=preprocessor, output_mode="float")
    return named("FeatureSpace", "keras.utils", features={"a": feature})


def _dense(**config: Any) -> dict[str, Any]:
    return named("Dense", units=2, **config)


def _cell() -> dict[str, Any]:
    return named("SimpleRNNCell", units=2)


def _compiled(**training: Any) -> dict[str, Any]:
    optimizer = named("SGD", "keras.optimizers", learning_rate=0.1)
    return {**sequential(), "compile_config": {"optimizer": optimizer, "loss": "mse", **training}}


def _optimizer(name: str, **config: Any) -> dict[str, Any]:
    return named(name, "keras.optimizers", **config)


def _distiller(**config: Any) -> dict[str, Any]:
    loss = named("LogitsDistillation", "keras.distillation", loss="mse")
    model = sequential(_dense(), shape=[None, 3])
    return named(
        "Distiller",
        "keras.distillation",
        **{"teacher": model, "student": model, "distillation_losses": [loss], "name": "d", **config},
    )


FUNCTIONS = ("operations",)
VALUES = ("dtype_policies", "seed_generators")
MEASURES = ("metrics", "losses")
LISTED = [
    Position("the file itself", ("layers",), lambda x: x),
    Position("a layer of a Sequential", ("layers",), lambda x: sequential(x)),
    Position("the last layer of a Sequential", ("layers",), lambda x: sequential(_dense(), x)),
    Position("a layer of a functional model", ("layers",), lambda x: functional(x, [tensor("first")])),
    Position("a layer of a model in a model", ("layers",), lambda x: sequential(sequential(x))),
    Position("an argument of a call", VALUES, lambda x: functional(named("Identity"), [tensor("first"), x])),
    Position("a keyword of a call", VALUES, lambda x: functional(named("Identity"), [tensor("first")], {"mask": x})),
    Position(
        "an argument of an operation",
        VALUES,
        lambda x: functional(named("Add", "keras.src.ops.numpy"), [tensor("first"), x]),
    ),
    Position(
        "a setting of an operation",
        (),
        lambda x: functional(named("Sum", "keras.src.ops.numpy", axis=x), [tensor("first")]),
    ),
    Position("cell of RNN", ("layers",), lambda x: sequential(named("RNN", cell=x))),
    Position(
        "cells of StackedRNNCells",
        ("layers",),
        lambda x: sequential(named("RNN", cell=named("StackedRNNCells", cells=[_cell(), x]))),
    ),
    Position("layer of Bidirectional", ("layers",), lambda x: sequential(named("Bidirectional", layer=x))),
    Position(
        "backward_layer of Bidirectional",
        ("layers",),
        lambda x: sequential(named("Bidirectional", layer=named("LSTM", units=2), backward_layer=x)),
    ),
    Position("layer of TimeDistributed", ("layers",), lambda x: sequential(named("TimeDistributed", layer=x))),
    Position(
        "layer of SpectralNormalization", ("layers",), lambda x: sequential(named("SpectralNormalization", layer=x))
    ),
    Position("function of Lambda", FUNCTIONS, lambda x: sequential(named("Lambda", function=x))),
    Position(
        "output_shape of Lambda",
        FUNCTIONS,
        lambda x: sequential(named("Lambda", function=function("relu"), output_shape=x)),
    ),
    Position("mask of Lambda", FUNCTIONS, lambda x: sequential(named("Lambda", function=function("relu"), mask=x))),
    Position(
        "arguments of Lambda",
        VALUES,
        lambda x: sequential(named("Lambda", function=function("relu"), arguments={"negative_slope": x})),
    ),
    Position("preprocessor of a FeatureSpace", ("layers", *FUNCTIONS), lambda x: sequential(_feature_space(x))),
    Position("dtype of Dense", ("dtype_policies",), lambda x: sequential(_dense(dtype=x))),
    Position(
        "quantization_config of Dense", ("quantization_configs",), lambda x: sequential(_dense(quantization_config=x))
    ),
    Position(
        "weight_quantizer of a quantization",
        ("quantizers",),
        lambda x: sequential(
            _dense(quantization_config=named("Int8QuantizationConfig", "keras.quantizers", weight_quantizer=x))
        ),
    ),
    Position("seed of Dropout", (), lambda x: sequential(named("Dropout", rate=0.5, seed=x))),
    Position(
        "seed of an initializer",
        ("seed_generators",),
        lambda x: sequential(_dense(kernel_initializer=named("RandomNormal", "keras.initializers", seed=x))),
    ),
    Position(
        "value of Constant",
        (),
        lambda x: sequential(_dense(kernel_initializer=named("Constant", "keras.initializers", value=x))),
    ),
    Position("optimizer", ("optimizers",), lambda x: _compiled(optimizer=x)),
    Position("learning_rate", ("schedules",), lambda x: _compiled(optimizer=_optimizer("Adam", learning_rate=x))),
    Position(
        "inner_optimizer",
        ("optimizers",),
        lambda x: _compiled(optimizer=_optimizer("LossScaleOptimizer", inner_optimizer=x)),
    ),
    Position(
        "optimizer_map",
        ("optimizer_maps", "optimizers"),
        lambda x: _compiled(optimizer=_optimizer("MultiOptimizer", optimizer_map=x)),
    ),
    Position(
        "default_optimizer",
        ("optimizers",),
        lambda x: _compiled(
            optimizer=_optimizer(
                "MultiOptimizer", optimizer_map=_optimizer("OptimizerMap", default_optimizer=x, optimizer_map={})
            )
        ),
    ),
    Position("loss", ("losses",), lambda x: _compiled(loss=x)),
    Position("loss in a list", ("losses",), lambda x: _compiled(loss=[x])),
    Position("loss in a dict", ("losses",), lambda x: _compiled(loss={"dense": x})),
    Position("metrics", MEASURES, lambda x: _compiled(metrics=[x])),
    Position("metrics in a dict", MEASURES, lambda x: _compiled(metrics={"dense": [x]})),
    Position("weighted_metrics", MEASURES, lambda x: _compiled(weighted_metrics=[x])),
    Position("loss_weights", (), lambda x: _compiled(loss_weights=[x])),
    Position("jit_compile", (), lambda x: _compiled(jit_compile=x)),
    Position(
        "fn of MeanMetricWrapper",
        MEASURES,
        lambda x: _compiled(metrics=[named("MeanMetricWrapper", "keras.metrics", fn=x)]),
    ),
    Position("teacher", ("layers",), lambda x: _distiller(teacher=x)),
    Position("student", ("layers",), lambda x: _distiller(student=x)),
    Position("distillation_losses", ("distillation_losses",), lambda x: _distiller(distillation_losses=[x])),
    Position(
        "loss of a distillation",
        ("losses",),
        lambda x: _distiller(distillation_losses=[named("LogitsDistillation", "keras.distillation", loss=x)]),
    ),
    Position("student_loss_weight", VALUES, lambda x: _distiller(student_loss_weight=x)),
]
