"""The parts of a `FeatureSpace`: features, crosses of features, and what they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.kinds import FUNCTIONS, named_in_files
from torchkeras_compat.layers.core.identity import Identity
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.discretization import Discretization
from torchkeras_compat.layers.preprocessing.hashed_crossing import HashedCrossing
from torchkeras_compat.layers.preprocessing.hashing import Hashing
from torchkeras_compat.layers.preprocessing.index_lookup import IndexLookup
from torchkeras_compat.layers.preprocessing.integer_lookup import IntegerLookup
from torchkeras_compat.layers.preprocessing.normalization import Normalization
from torchkeras_compat.layers.preprocessing.rescaling import Rescaling
from torchkeras_compat.layers.preprocessing.string_lookup import StringLookup
from torchkeras_compat.layers.preprocessing.text_vectorization import TextVectorization
from torchkeras_compat.naming import auto_name
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.typing import Config, Shape

# Where Keras has these classes, which have no public name there.
_MODULE = "keras.src.layers.preprocessing.feature_space"


@named_in_files("layers")
class TFDIdentity(Identity):
    """Returns its inputs: what a plain feature goes through. Files know it under Keras's name."""

    def get_config(self) -> Config:
        config = super().get_config()
        return {name: config[name] for name in ("name", "dtype", "trainable")}


@named_in_files("layers")
class TFDConcat(Layer):
    """Joins features along an axis, one of them too.

    Args:
        axis: The axis.
        kwargs: Arguments of `Layer`.
    """

    _takes_lists = True

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self._skip_building()

    def call(self, xs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Join the features."""
        return torch.cat([x.to(self._compute_torch_dtype) for x in xs], dim=self.axis)

    def compute_output_shape(self, input_shape: Sequence[Sequence[int | None]]) -> Shape:
        """Return the shape of the output for features ``(batch, size)``."""
        sizes = [shape[-1] for shape in input_shape]
        total = None if None in sizes else sum(size for size in sizes if size is not None)
        return (*input_shape[0][:-1], total)

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis}


class Feature:
    """A feature of a `FeatureSpace`.

    Args:
        dtype: Dtype of the values, ``"string"`` for texts.
        preprocessor: Layer, or function of a tensor, that the values go through, of shape ``(batch, 1)``.
        output_mode: ``"float"`` where the result is the feature, ``"int"`` where it is an integer, ``"one_hot"`` where
            an integer becomes a vector.

    Raises:
        ValueError: ``output_mode`` is none of these, or the dtype is unknown.
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        if output_mode not in ("int", "one_hot", "float"):
            raise ValueError(
                "Invalid value for argument `output_mode`. Expected one of {'int', 'one_hot', 'float'}. Received: "
                f"output_mode={output_mode}"
            )
        self.dtype = standardize_dtype(dtype)
        if isinstance(preprocessor, Mapping):
            preprocessor = deserialize_as(("layers", *FUNCTIONS), preprocessor)
        if not callable(preprocessor):
            raise ValueError(
                f"The `preprocessor` of a feature is a layer or a function of a tensor. Received: {preprocessor!r} of "
                f"type {type(preprocessor).__name__}"
            )
        self.preprocessor = preprocessor
        self.output_mode = output_mode

    def get_config(self) -> Config:
        """Return what `from_config` makes the feature of."""
        preprocessor = serialize_keras_object(self.preprocessor)
        if isinstance(self.preprocessor, TFDIdentity) and isinstance(preprocessor, dict):
            preprocessor = {**preprocessor, "module": _MODULE, "registered_name": "TFDIdentity"}
        return {"dtype": self.dtype, "preprocessor": preprocessor, "output_mode": self.output_mode}

    @classmethod
    def from_config(cls, config: Config) -> Feature:
        """Return the feature that a config describes."""
        return cls(**config)


class Cross:
    """A cross of features of a `FeatureSpace`: their combination, hashed.

    Args:
        feature_names: Names of the features.
        crossing_dim: Number of bins of the hash.
        output_mode: ``"one_hot"`` or ``"int"``.

    Raises:
        ValueError: ``output_mode`` is neither.
    """

    def __init__(self, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> None:
        if output_mode not in ("int", "one_hot"):
            raise ValueError(
                "Invalid value for argument `output_mode`. Expected one of {'int', 'one_hot'}. Received: output_mode="
                f"{output_mode}"
            )
        self.feature_names = tuple(feature_names)
        self.crossing_dim = crossing_dim
        self.output_mode = output_mode

    @property
    def name(self) -> str:
        """The names of the features, joined by ``_X_``."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> Config:
        """Return what `from_config` makes the cross of."""
        return {
            "feature_names": self.feature_names,
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config: Config) -> Cross:
        """Return the cross that a config describes."""
        return cls(**config)


def serialized(part: Feature | Cross) -> Config:
    """Return a part as Keras writes it."""
    name, config = type(part).__name__, part.get_config()
    if isinstance(part, Cross):
        config["feature_names"] = list(part.feature_names)
    return {"module": _MODULE, "class_name": name, "config": config, "registered_name": name}


def deserialized(config: Any, kind: type[Feature] | type[Cross]) -> Any:
    """Return the part that a config describes; what is not a config of one comes back as it is.

    Raises:
        FileContentError: the config lacks an argument, or has one too many.
    """
    if not isinstance(config, Mapping) or config.get("class_name") != kind.__name__:
        return config
    try:
        arguments = dict(config["config"])
        names = arguments.get("feature_names")
        if isinstance(names, Mapping):  # a tuple, as files write one
            arguments["feature_names"] = names["items"]
        return kind.from_config(arguments)
    except (KeyError, TypeError) as error:
        raise FileContentError(
            f"The config of a {kind.__name__.lower()} of a FeatureSpace is not whole ({error}). Save it again."
        ) from error


def named_feature(kind: str, name: str, hashing_dim: int, num_bins: int) -> Feature | None:
    """Return the standard feature of a kind with its default arguments; None for an unknown kind."""
    makers: dict[str, Callable[[], Feature]] = {
        "float": lambda: plain(name),
        "float_rescaled": lambda: rescaled(1.0, 0.0, name),
        "float_normalized": lambda: normalized(name),
        "float_discretized": lambda: discretized(num_bins, None, "one_hot", name),
        "integer_categorical": lambda: categorical("integer", None, 1, "one_hot", name),
        "string_categorical": lambda: categorical("string", None, 1, "one_hot", name),
        "integer_hashed": lambda: hashed("integer", hashing_dim, "one_hot", name),
        "string_hashed": lambda: hashed("string", hashing_dim, "one_hot", name),
    }
    return makers[kind]() if kind in makers else None


def plain(name: str | None) -> Feature:
    """Return a feature of plain numbers."""
    return Feature("float32", TFDIdentity(name=_layer_name(name, "float")), "float")


def rescaled(scale: float, offset: float, name: str | None) -> Feature:
    """Return a feature of numbers times ``scale`` plus ``offset``."""
    layer = Rescaling(scale=scale, offset=offset, name=_layer_name(name, "float_rescaled"))
    return Feature("float32", layer, "float")


def normalized(name: str | None) -> Feature:
    """Return a feature of numbers brought to mean 0 and variance 1."""
    return Feature("float32", Normalization(axis=-1, name=_layer_name(name, "float_normalized")), "float")


def discretized(num_bins: int | None, bin_boundaries: Any, output_mode: str, name: str | None) -> Feature:
    """Return a feature of the bins that numbers lie in."""
    layer = Discretization(
        num_bins=num_bins, bin_boundaries=bin_boundaries, name=_layer_name(name, "float_discretized")
    )
    return Feature("float32", layer, output_mode)


def categorical(kind: str, max_tokens: int | None, num_oov_indices: int, output_mode: str, name: str | None) -> Feature:
    """Return a feature of integers or strings that are looked up in a vocabulary."""
    lookup = IntegerLookup if kind == "integer" else StringLookup
    layer = lookup(
        max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=_layer_name(name, f"{kind}_categorical")
    )
    return Feature("int32" if kind == "integer" else "string", layer, output_mode)


def hashed(kind: str, num_bins: int, output_mode: str, name: str | None) -> Feature:
    """Return a feature of integers or strings that are hashed."""
    layer = Hashing(num_bins=num_bins, name=_layer_name(name, f"{kind}_hashed"))
    return Feature("int32" if kind == "integer" else "string", layer, output_mode)


def _layer_name(name: str | None, kind: str) -> str:
    return f"{name or auto_name(kind)}_preprocessor"


def cardinality(preprocessor: Any) -> int | None:
    """Return how many different integers a layer gives; None where nobody knows."""
    if isinstance(preprocessor, IndexLookup):
        return preprocessor.vocabulary_size()
    if isinstance(preprocessor, (Hashing, HashedCrossing)):
        return preprocessor.num_bins
    if isinstance(preprocessor, Discretization):
        return preprocessor.num_bins or len(preprocessor.bin_boundaries) + 1
    return None


def learns(preprocessor: Any) -> bool:
    """Return whether a layer learns something by ``adapt``, and was not given it."""
    if isinstance(preprocessor, Normalization):
        return preprocessor.input_mean is None
    if isinstance(preprocessor, Discretization):
        return preprocessor.num_bins is not None
    if isinstance(preprocessor, IndexLookup):
        return not preprocessor._is_given
    if isinstance(preprocessor, TextVectorization):
        return not preprocessor._lookup_layer._is_given
    return hasattr(preprocessor, "adapt")
