"""Which public names are of which kind, and so what a config may name at a position that wants this kind.

A config comes from a file, and a file may be anybody's: a position in it says which kind it takes, and only the public
classes and functions of this kind are looked at. What is in no kind (loaders, writers, callbacks, switches of the
process) cannot be named by a config at all.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from torchkeras_compat import public_names
from torchkeras_compat.naming import to_snake_case

_Class = TypeVar("_Class", bound=type)


@dataclass(frozen=True)
class Kind:
    """One kind of object.

    Args:
        what: What to call one of them in a message.
        spaces: Public namespaces that hold its names, without ``torchkeras_compat.``; the first is the kind's own.
        bases: Public names of the classes that its classes derive from.
        has_functions: Whether functions of the namespaces are of the kind, too.
        also: Further kinds that may stand where this one is wanted.
    """

    what: str
    spaces: tuple[str, ...]
    bases: tuple[str, ...] = ()
    has_functions: bool = False
    also: tuple[str, ...] = ()


KINDS = {
    "layers": Kind("a layer", ("layers", "models", "distillation", "utils", ""), ("layers.Layer",)),
    "losses": Kind("a loss", ("losses",), ("losses.Loss",), has_functions=True),
    "metrics": Kind("a metric", ("metrics",), ("metrics.Metric",), has_functions=True, also=("losses",)),
    "optimizers": Kind("an optimizer", ("optimizers",), ("optimizers.Optimizer",)),
    "optimizer_maps": Kind("a map of optimizers", ("optimizers",), ("optimizers.OptimizerMap",), also=("optimizers",)),
    "schedules": Kind(
        "a learning-rate schedule", ("optimizers.schedules",), ("optimizers.schedules.LearningRateSchedule",)
    ),
    "initializers": Kind("an initializer", ("initializers",), ("initializers.Initializer",)),
    "regularizers": Kind("a regularizer", ("regularizers",), ("regularizers.Regularizer",)),
    "constraints": Kind("a constraint", ("constraints",), ("constraints.Constraint",)),
    "activations": Kind("an activation", ("activations",), has_functions=True, also=("operations", "layers")),
    "operations": Kind(
        "a function of ops or activations",
        ("ops", "ops.numpy", "ops.nn", "ops.linalg", "ops.image", "activations"),
        has_functions=True,
    ),
    "quantizers": Kind("a quantizer", ("quantizers",), ("quantizers.Quantizer",)),
    "quantization_configs": Kind("a config of quantization", ("quantizers",), ("quantizers.QuantizationConfig",)),
    "dtype_policies": Kind(
        "a dtype policy",
        ("dtype_policies", "mixed_precision", ""),
        ("dtype_policies.DTypePolicy", "dtype_policies.DTypePolicyMap"),
    ),
    "seed_generators": Kind("a seed generator", ("random",), ("random.SeedGenerator",)),
    "distillation_losses": Kind("a distillation loss", ("distillation",), ("distillation.DistillationLoss",)),
    "callbacks": Kind("a callback", ("callbacks",), ("callbacks.Callback",)),
}

# Everything that a config may name: for positions that only the class of a user knows. Callbacks write files.
ANY = tuple(kind for kind in KINDS if kind != "callbacks")
# Where a function of tensors is wanted.
FUNCTIONS = ("operations",)
# Where values are wanted that are neither a function nor a part of a model.
VALUES = ("dtype_policies", "seed_generators")

# The module under which files name functions of old dialects that Keras 3 has none for, see `dialects.saved_functions`.
OLD_FUNCTIONS = "torchkeras_compat.dialects"

# Functions of the namespaces above that call what they are given, or make objects of configs.
_NOT_FOR_CONFIGS = frozenset(
    "get serialize deserialize associative_scan cond custom_gradient fori_loop jvp map scan switch vectorize"
    " vectorized_map while_loop".split()
)
# Classes that files name and that have no public name, by kind and name; see `named_in_files`.
_without_public_name: dict[tuple[str, str], type] = {}
# What files name that is not public, and that no namespace imports: by kind and name, where it is, and Keras's module.
_APPLICATIONS = "keras.src.applications."
_LEGACY_LAYERS = {
    "BatchNormalizationByMode": "batch_normalization_by_mode",
    "CornerUpSampling2D": "corner_up_sampling",
    "CosineMerge": "cosine_merge",
    "CuDNNGRU": "cudnn_recurrent",
    "CuDNNLSTM": "cudnn_recurrent",
    "Highway": "highway",
    "LocallyConnected1D": "locally_connected",
    "LocallyConnected2D": "locally_connected",
    "MaxoutDense": "maxout_dense",
    "Merge": "merge",
    "ParametricSoftplus": "parametric_softplus",
    "RandomFourierFeatures": "random_fourier_features",
    "RandomHeight": "random_size",
    "RandomWidth": "random_size",
    "SReLU": "s_relu",
    "SizedConv2DTranspose": "sized_transposed_convolution",
    "SyncBatchNormalization": "sync_batch_normalization",
    "ThresholdedReLU": "thresholded_relu",
    "WordDropoutEmbedding": "word_dropout_embedding",
}
_LEGACY_OPTIMIZERS = "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam Ftrl"
_BEHIND: dict[str, dict[str, tuple[str, str]]] = {
    "layers": {
        "CustomScaleLayer": (
            "applications.architectures.custom_scale_layer",
            f"{_APPLICATIONS}inception_resnet_v2",
        ),
        "LayerScale": ("applications.architectures.layer_scale", f"{_APPLICATIONS}convnext"),
        "StochasticDepth": ("applications.architectures.stochastic_depth", f"{_APPLICATIONS}convnext"),
        **{name: (f"legacy.layers.{path}", "keras.layers") for name, path in _LEGACY_LAYERS.items()},
        "DenseFeatures": ("dialects.tensorflow.feature_column.dense_features", "keras.layers"),
        "AddLoss": ("legacy.models.recorded_terms", "keras.layers"),
        "AddMetric": ("legacy.models.recorded_terms", "keras.layers"),
        "Graph": ("legacy.models.graph", "keras.models"),
    },
    "initializers": {"FunctionOfShape": ("legacy.initializers.function_of_shape", "keras.initializers")},
    "losses": {
        "cosine_proximity": ("legacy.losses.cosine_proximity", "keras.losses"),
        "hinge_of_signs": ("legacy.losses.hinge_of_signs", "keras.losses"),
        "huber_loss": ("legacy.losses.huber_loss", "keras.losses"),
        "mean_cosine_proximity": ("legacy.losses.cosine_proximity", "keras.losses"),
        "squared_hinge_of_signs": ("legacy.losses.hinge_of_signs", "keras.losses"),
    },
    "metrics": {
        "MeanRelativeError": ("legacy.metrics.mean_relative_error", "keras.metrics"),
        "MeanTensor": ("legacy.metrics.mean_tensor", "keras.metrics"),
        "fbeta_score": ("legacy.metrics.batch_scores", "keras.metrics"),
        "fmeasure": ("legacy.metrics.batch_scores", "keras.metrics"),
        "matthews_correlation": ("legacy.metrics.batch_scores", "keras.metrics"),
        "cosine_similarity_metric": ("legacy.losses.cosine_proximity", "keras.metrics"),
    },
    "regularizers": {"EigenvalueRegularizer": ("legacy.regularizers.keras1", "keras.regularizers")},
    "constraints": {"RadialConstraint": ("legacy.constraints.radial_constraint", "keras.constraints")},
    "optimizers": {
        f"Legacy{name}": ("legacy.optimizers.optimizer_v2", "keras.optimizers") for name in _LEGACY_OPTIMIZERS.split()
    },
}
# Classes that files know under another name than the public one.
_NAMES_IN_FILES = {"GroupedQueryAttention": "GroupQueryAttention"}


def legacy_path(module: str, class_name: str) -> str | None:
    """Return where a class of an older Keras is that files name beside the public ones of a module; else None.

    Example:
        >>> legacy_path("keras.layers", "Highway"), legacy_path("keras.layers", "Dense")
        ('legacy.layers.highway', None)
    """
    for table in _BEHIND.values():
        path, place = table.get(class_name, ("", ""))
        if place == module and path.startswith("legacy."):
            return path
    return None


def accepted(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds that may stand where one of ``kinds`` is wanted.

    Example:
        >>> accepted(("metrics",))
        ('metrics', 'losses')
    """
    return tuple(dict.fromkeys(k for kind in kinds for k in (kind, *KINDS[kind].also)))


def describe(kinds: tuple[str, ...]) -> str:
    """Return what is wanted, for messages.

    Example:
        >>> describe(("losses", "metrics"))
        'a loss or a metric'
    """
    if kinds == ANY:
        return "an object of a model"
    return " or ".join(KINDS[kind].what for kind in kinds) or "a plain value"


@functools.cache
def classes(kind: str) -> tuple[type, ...]:
    """Return the classes that the classes of a kind derive from."""
    return tuple(public_names.named(base) for base in KINDS[kind].bases)


def is_of(kind: str, obj: Any) -> bool:
    """Return whether a public class or function is of a kind.

    Example:
        >>> from torchkeras_compat import layers, saving
        >>> is_of("layers", layers.Dense), is_of("layers", layers.Input), is_of("activations", saving.load_model)
        (True, False, False)
    """
    if inspect.isclass(obj):
        return bool(KINDS[kind].bases) and issubclass(obj, classes(kind))
    if not KINDS[kind].has_functions or not inspect.isroutine(obj) or obj.__name__ in _NOT_FOR_CONFIGS:
        return False
    return any(_named(space, obj.__name__) is obj for space in KINDS[kind].spaces)


def kinds_of_class(cls: type) -> frozenset[str]:
    """Return the kinds that a class of anybody's is of, by what it derives from."""
    return frozenset(kind for kind in KINDS if KINDS[kind].bases and issubclass(cls, classes(kind)))


def find(kind: str, name: str, module: str = "") -> Any | None:
    """Return the public class or function of a kind that has this name, or None.

    Args:
        kind: A key of ``KINDS``.
        name: Its name; that of a class may be in snake case.
        module: Namespace where it should lie, without ``keras.``; it is looked at first.
    """
    name = _NAMES_IN_FILES.get(name, name)
    spaces = KINDS[kind].spaces
    for space in sorted(spaces, key=lambda s: not (s and (module == s or module.startswith(f"{s}.")))):
        found = _named(space, name)
        if found is None and space == spaces[0]:
            found = _named(space, _classes_by_snake_case(space).get(name.lower(), ""))
        if found is not None and is_of(kind, found):
            return found
    if name in _BEHIND.get(kind, ()):
        return public_names.named(f"{_BEHIND[kind][name][0]}.{name}")
    # The namespaces have been imported, and with them what lies behind them.
    return _without_public_name.get((kind, name))


def named_in_files(kind: str) -> Callable[[_Class], _Class]:
    """Let configs name a class that has no public name; the namespace that it lies behind imports its module."""

    def decorate(cls: _Class) -> _Class:
        _without_public_name[kind, cls.__name__] = cls
        return cls

    return decorate


def module_in_files(cls: type) -> str | None:
    """Return the module under which files name a class that has no public name and lies elsewhere in Keras, or None.

    Example:
        >>> module_in_files(find("layers", "LayerScale"))
        'keras.src.applications.convnext'
    """
    for table in _BEHIND.values():
        path, module = table.get(cls.__name__, ("", ""))
        if path and cls.__module__ == f"torchkeras_compat.{path}":
            return module
    return None


def has_module(kind: str, path: str) -> bool:
    """Return whether a module, without ``keras.``, lies in one of the namespaces of a kind."""
    return any(space and (path == space or path.startswith(f"{space}.")) for space in KINDS[kind].spaces)


def names(kind: str) -> Iterator[str]:
    """Yield the public names of a kind."""
    for space in KINDS[kind].spaces:
        yield from (name for name in sorted(public_names.names_in(space)) if find(kind, name) is not None)


def _named(space: str, name: str) -> Any | None:
    """The public class or function of a namespace, or None; names that are not public are not looked at."""
    found = getattr(public_names.namespace(space), name) if name in public_names.names_in(space) else None
    return None if inspect.ismodule(found) else found


@functools.cache
def _classes_by_snake_case(space: str) -> dict[str, str]:
    found = {}
    for public in public_names.names_in(space):
        if public[:1].isupper():
            found[to_snake_case(public)] = public
            found[public.lower()] = public
    return found
