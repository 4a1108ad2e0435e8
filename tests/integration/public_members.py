"""A walk over the public face of Keras beside ours: classes, their members, those of instances, and all signatures.

What Keras has must be here, and every call that Keras's signature allows must be possible: an argument by the same
name, at the same place, with the same default. What is here besides does not count.
"""

from __future__ import annotations

import importlib
import inspect
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests import public_names

TABLE = Path(__file__).parent.parent / "member_differences.toml"

# Sizes of the spatial axes of inputs for layers with that many.
SPATIAL = {1: (6,), 2: (6, 7), 3: (4, 5, 6)}
BY_RANK: dict[str, tuple[Any, ...]] = {
    "AdaptiveAveragePooling{}D": (2,),
    "AdaptiveMaxPooling{}D": (2,),
    "AveragePooling{}D": (2,),
    "MaxPooling{}D": (),
    "GlobalAveragePooling{}D": (),
    "GlobalMaxPooling{}D": (),
    "Conv{}D": (3, 2),
    "Conv{}DTranspose": (3, 2),
    "DepthwiseConv{}D": (2,),
    "SeparableConv{}D": (3, 2),
    "Cropping{}D": (),
    "SpatialDropout{}D": (0.5,),
    "UpSampling{}D": (),
    "ZeroPadding{}D": (),
}
# Arguments of layers, and the shape of their input; of several inputs a list.
LAYERS: dict[str, tuple[tuple[Any, ...], Any]] = {
    **dict.fromkeys("Add Average Maximum Minimum Multiply Subtract Concatenate".split(), ((), [(2, 3, 4)] * 2)),
    **dict.fromkeys("RandomBrightness RandomContrast".split(), ((0.1,), (2, 6, 8, 3))),
    **dict.fromkeys("GRU LSTM SimpleRNN".split(), ((3,), (2, 5, 4))),
    **dict.fromkeys("AlphaDropout Dropout GaussianDropout GaussianNoise".split(), ((0.5,), (2, 3))),
    **dict.fromkeys("BatchNormalization LayerNormalization RMSNormalization".split(), ((), (2, 3))),
    **dict.fromkeys("ELU LeakyReLU PReLU ReLU Softmax Identity UnitNormalization".split(), ((), (2, 3))),
    "Activation": (("relu",), (2, 3)),
    "ActivityRegularization": ((0.1,), (2, 3)),
    "AdditiveAttention": ((), [(2, 5, 4)] * 2),
    "Attention": ((), [(2, 5, 4)] * 2),
    "Dense": ((2,), (2, 3)),
    "Dot": ((1,), [(2, 3, 4)] * 2),
    "EinsumDense": (("ab,bc->ac", 4), (2, 3)),
    "Flatten": ((), (2, 3, 4)),
    "GroupNormalization": ((2,), (2, 3, 4)),
    "GroupQueryAttention": ((4, 2, 1), ((2, 5, 6), (2, 5, 6))),
    "Masking": ((), (2, 3, 4)),
    "MultiHeadAttention": ((2, 3), ((2, 5, 6), (2, 5, 6))),
    "Permute": (((2, 1),), (2, 3, 4)),
    "RepeatVector": ((2,), (2, 3)),
    "Rescaling": ((0.5,), (2, 3)),
    "Reshape": (((2, 3),), (2, 6)),
    **{name.format(r): (given, (2, *SPATIAL[r], 4)) for name, given in BY_RANK.items() for r in SPATIAL},
    **{f"ConvLSTM{r}D": ((3, 2), (2, 3, *SPATIAL[r], 4)) for r in SPATIAL},
}
# Layers made from others, and of integers.
SPECIAL: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "Bidirectional": lambda layers: (layers.Bidirectional(layers.LSTM(3)), (2, 5, 4)),
    "Embedding": lambda layers: (layers.Embedding(5, 4), None),
    "InputLayer": lambda layers: (layers.InputLayer((3,)), None),
    "Lambda": lambda layers: (layers.Lambda(lambda x: x * 2), (2, 3)),
    "Layer": lambda layers: (layers.Layer(), None),
    "RNN": lambda layers: (layers.RNN(layers.LSTMCell(3)), (2, 5, 4)),
    "ReversibleEmbedding": lambda layers: (layers.ReversibleEmbedding(5, 4), None),
    "SpectralNormalization": lambda layers: (layers.SpectralNormalization(layers.Dense(3)), (2, 3)),
    "StackedRNNCells": lambda layers: (layers.StackedRNNCells([layers.LSTMCell(3), layers.LSTMCell(2)]), None),
    "TimeDistributed": lambda layers: (layers.TimeDistributed(layers.Dense(2)), (2, 3, 4)),
    "TorchModuleWrapper": lambda layers: (layers.TorchModuleWrapper(torch.nn.Linear(3, 4)), (2, 3)),
    "Wrapper": lambda layers: (layers.Wrapper(layers.Dense(3)), None),
    "LSTMCell": lambda layers: (layers.LSTMCell(3), None),
    "GRUCell": lambda layers: (layers.GRUCell(3), None),
    "SimpleRNNCell": lambda layers: (layers.SimpleRNNCell(3), None),
}
# Namespaces whose classes are made with these arguments, none if not given.
OBJECTS = "losses metrics optimizers optimizers.schedules initializers regularizers constraints callbacks random"
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys("ExponentialDecay InverseTimeDecay".split(), (0.1, 10, 0.9)),
    **dict.fromkeys("CosineDecay CosineDecayRestarts PolynomialDecay".split(), (0.1, 10)),
    **dict.fromkeys("IoU OneHotIoU".split(), (3, [0])),
    **dict.fromkeys("MeanIoU OneHotMeanIoU".split(), (3,)),
    **dict.fromkeys("PrecisionAtRecall RecallAtPrecision".split(), (0.5,)),
    **dict.fromkeys("SensitivityAtSpecificity SpecificityAtSensitivity".split(), (0.5,)),
    "PiecewiseConstantDecay": ([1, 2], [0.1, 0.2, 0.3]),
    "MeanMetricWrapper": (lambda y_true, y_pred: y_true,),
    "ModelCheckpoint": ("model.keras",),
    "BackupAndRestore": ("backup",),
    "LearningRateScheduler": (lambda epoch: 0.1,),
    "CSVLogger": ("log.csv",),
    "SwapEMAWeights": (),
}


class Walk:
    """What differs, path by path: ``layers.Dense.build`` for a member, ``layers.Dense.()`` for a constructor.

    Args:
        keras: Real Keras.
        ours: This package.
    """

    def __init__(self, keras: Any, ours: Any) -> None:
        self.found: dict[str, str] = {}
        self.spaces = (keras, ours)
        self.seen: set[tuple[int, int]] = set()

    def everything(self) -> dict[str, str]:
        """Walk, and return the differences."""
        for namespace, names in public_names.KERAS_NAMES.items():
            self.namespace(namespace, names)
        for name, made in [*self.layers(), *self.objects(), *self.models()]:
            self.instances(name, *made)
        return self.found

    # -- classes and functions -------------------------------------------------------------------------------------

    def namespace(self, namespace: str, names: list[str]) -> None:
        """Compare the names that both have; `tests/keras_differences.toml` accounts for the others."""
        try:
            ours = importlib.import_module(public_names.counterpart(namespace))
        except ImportError:
            return
        theirs = importlib.import_module(namespace)
        for name in names:
            if not hasattr(ours, name):
                continue
            a, b = getattr(theirs, name), getattr(ours, name)
            path = f"{namespace}.{name}".removeprefix("keras.")
            if inspect.ismodule(a) or not callable(a) or (id(a), id(b)) in self.seen:
                continue
            self.seen.add((id(a), id(b)))
            if not inspect.isclass(a):
                self.signature(path, a, b)
            elif not inspect.isclass(b):
                self.found[path] = "not a class"
            else:
                self.signature(f"{path}.()", a.__init__, b.__init__)
                self.members(path, a, b)

    def members(self, path: str, a: type, b: type) -> None:
        """Compare the methods; what instances have is compared there."""
        for name in public(a):
            theirs = getattr(a, name)
            if isinstance(inspect.getattr_static(a, name), property) or not callable(theirs):
                continue
            if not hasattr(b, name):
                self.found[f"{path}.{name}"] = "absent"
            elif not callable(getattr(b, name)):
                self.found[f"{path}.{name}"] = "not a method"
            else:
                self.signature(f"{path}.{name}", theirs, getattr(b, name))

    def signature(self, path: str, a: Any, b: Any) -> None:
        """Note what a call as Keras's signature allows it would meet."""
        wanted, found = parameters(a), parameters(b)
        if wanted is None or found is None:
            return
        problems = [*missing(wanted, found, path.endswith(".()")), *other_defaults(wanted, found)]
        others = [p for name, p in found.items() if name not in wanted and name != "self" and p.kind not in VARIADIC]
        problems += [f"needs `{p.name}`" for p in others if p.default is p.empty]
        if problems and "_" not in wanted:
            self.found[path] = ", ".join(problems)

    # -- instances -------------------------------------------------------------------------------------------------

    def layers(self) -> Iterator[tuple[str, tuple[Any, Any]]]:
        """Make layers, and yield them before and after they are built."""
        for name in sorted({*LAYERS, *SPECIAL}):
            if not all(hasattr(space.layers, name) for space in self.spaces):
                continue
            pairs = [made_layer(space.layers, name) for space in self.spaces]
            yield f"layers.{name}", (pairs[0][0], pairs[1][0])
            for layer, shape in pairs:
                build(layer, shape)
            yield f"layers.{name}", (pairs[0][0], pairs[1][0])

    def objects(self) -> Iterator[tuple[str, tuple[Any, Any]]]:
        """Make an object of each class of `OBJECTS` that can be made with the arguments above."""
        for namespace in OBJECTS.split():
            theirs = importlib.import_module(f"keras.{namespace}")
            ours = importlib.import_module(f"torchkeras_compat.{namespace}")
            for name in public(theirs):
                classes = getattr(theirs, name), getattr(ours, name, None)
                if not all(inspect.isclass(cls) for cls in classes):
                    continue
                try:
                    made = tuple(cls(*ARGUMENTS.get(name, ())) for cls in classes)
                except TypeError:  # it needs arguments that are objects of either side
                    continue
                yield f"{namespace}.{name}", made
                if namespace == "optimizers":
                    for space, optimizer in zip(self.spaces, made, strict=True):
                        optimizer.build([space.Variable(np.ones((3, 2), "float32"))])
                    yield f"{namespace}.{name}", made

    def models(self) -> Iterator[tuple[str, tuple[Any, Any]]]:
        """Make models of all kinds, and yield them before and after they are trained."""
        for name in ("Functional", "Sequential", "Subclassed"):
            pair = tuple(made_model(space, name) for space in self.spaces)
            yield f"models.{name}", pair
            x, y = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
            for model in pair:
                model.compile("sgd", "mse", metrics=["mae"])
                model.fit(x, y, verbose=0)
                model.evaluate(x, y, verbose=0)
                model.predict(x, verbose=0)
            yield f"models.{name}", pair
        yield "KerasTensor", tuple(space.Input((3,)) for space in self.spaces)
        yield "Variable", tuple(space.Variable(np.ones(3, "float32")) for space in self.spaces)

    def instances(self, path: str, a: Any, b: Any) -> None:
        """Compare the attributes that can be read."""
        for name in public(a):
            if is_readable(a, name) and not is_readable(b, name):
                self.found[f"{path}.{name}"] = "absent"


VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def public(owner: Any) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_")]


def is_readable(owner: Any, name: str) -> bool:
    try:
        getattr(owner, name)
    except Exception:
        return False
    return True


def parameters(function: Any) -> dict[str, inspect.Parameter] | None:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def missing(
    wanted: dict[str, inspect.Parameter], found: dict[str, inspect.Parameter], is_constructor: bool
) -> Iterator[str]:
    """Yield the arguments that cannot be given by name or at their place."""
    kinds = {p.kind for p in found.values()}
    takes_any = [kind in kinds for kind in VARIADIC]
    for p in wanted.values():
        if p.kind in VARIADIC:
            if is_constructor and p.kind is p.VAR_KEYWORD and not takes_any[1]:
                yield f"**{p.name}"
        elif p.name not in found and not takes_any[1]:
            yield f"`{p.name}`"
    places = [[n for n, p in s.items() if p.kind is p.POSITIONAL_OR_KEYWORD] for s in (wanted, found)]
    if not takes_any[0] and places[1][: len(places[0])] != places[0]:
        yield "places"


def other_defaults(wanted: dict[str, inspect.Parameter], found: dict[str, inspect.Parameter]) -> Iterator[str]:
    """Yield the arguments with another default; where Keras has none, one does no harm."""
    for name in wanted.keys() & found.keys():
        a, b = (one_for_all(side[name].default) for side in (wanted, found))
        if a is inspect.Parameter.empty or repr(a) == repr(b) or type(a) is type(b) is object:
            continue
        yield f"`{name}` is {b!r}, not {a!r}"


def one_for_all(default: Any) -> Any:
    """(1, 1) for two axes says what 1 says."""
    while isinstance(default, tuple) and default and len(set(default)) == 1:
        default = default[0]
    return default


def made_layer(layers: Any, name: str) -> tuple[Any, Any]:
    """A layer, and the shape of the inputs to build it for."""
    if name in SPECIAL:
        return SPECIAL[name](layers)
    given, shape = LAYERS[name]
    return getattr(layers, name)(*given), shape


def build(layer: Any, shape: Any) -> None:
    """Call a layer on inputs of a shape; a list of shapes is one argument, a tuple of them several."""
    if shape is None:
        return
    if isinstance(shape, list):
        layer([np.ones(s, "float32") for s in shape])
    elif isinstance(shape[0], tuple):
        layer(*(np.ones(s, "float32") for s in shape))
    else:
        layer(np.ones(shape, "float32"))


def made_model(space: Any, name: str) -> Any:
    """A model of one of three kinds."""
    if name == "Functional":
        inputs = space.Input((3,))
        return space.Model(inputs, space.layers.Dense(2)(inputs))
    if name == "Sequential":
        return space.Sequential([space.layers.Dense(2)])

    class Subclassed(space.Model):
        def __init__(self):
            super().__init__()
            self.dense = space.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    return Subclassed()


def differences() -> list[dict[str, Any]]:
    """The listed differences: patterns of paths, and why."""
    entries: list[dict[str, Any]] = tomllib.loads(TABLE.read_text())["different"]
    return entries
