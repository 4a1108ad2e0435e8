"""`FeatureSpace`: columns of a table as one vector, or as a dictionary of encoded features."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.data.stages import batched
from torchkeras_compat.device import current_device
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.category_encoding import CategoryEncoding
from torchkeras_compat.layers.preprocessing.hashed_crossing import HashedCrossing
from torchkeras_compat.layers.preprocessing.texts import as_texts
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.saving.saving_and_loading import save_model
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config
from torchkeras_compat.utils import features as parts
from torchkeras_compat.utils.features import Cross, Feature, TFDConcat

_ADAPTED_AT_ONCE = 32  # unbatched samples, as many as Keras puts together


class FeatureSpace(Layer):
    """Preprocesses and encodes the features of structured data, and crosses of them.

    It is called on a dictionary of features, batched or not, and after :meth:`adapt` where features have to learn.

    Args:
        features: Name of each feature, and what it is: the name of a kind (``"float"``, ``"float_rescaled"``,
            ``"float_normalized"``, ``"float_discretized"``, ``"integer_categorical"``, ``"string_categorical"``,
            ``"integer_hashed"``, ``"string_hashed"``), or what the class method of that name, or :meth:`feature`,
            returns.
        output_mode: ``"concat"`` for one vector: the features by their names in order, then the crosses; ``"dict"`` for
            a dictionary.
        crosses: Tuples of the names of features that are crossed, or what :meth:`cross` returns.
        crossing_dim: Number of bins of crosses that are tuples.
        hashing_dim: Number of bins of features that are ``"integer_hashed"`` or ``"string_hashed"``.
        num_discretization_bins: Number of bins of features that are ``"float_discretized"``.
        name: Name, unique by default.

    Input shape:
        A dictionary of numbers and strings, ``()``, ``(batch,)`` or ``(batch, 1)``: lists, arrays, tensors, pandas
        columns; or a data frame. What it has beside the features is left out.
    Output shape:
        ``(batch, size)`` or, for one sample, ``(size,)``, float32; or a dictionary of such.

    Raises:
        ValueError: there are no features, a kind, an output mode or a feature of a cross is unknown, ``crossing_dim``
            is missing; in a call, something has to be learned first, the data are not a dictionary or lack a feature,
            or features that are not encoded are to be joined.
        TypeError: values of a feature of strings are not strings.

    Example:
        >>> space = FeatureSpace({"age": "float_discretized", "town": "string_categorical"}, crosses=[("age", "town")])
        >>> data = {"age": [20.0, 30.0, 40.0], "town": ["Rome", "Oslo", "Rome"]}
        >>> space.adapt(data)
        >>> space(data).shape, space({"age": 25.0, "town": "Oslo"}).shape
        (torch.Size([3, 67]), torch.Size([67]))

    Source: Keras API, utils/FeatureSpace.
    """

    def __init__(
        self,
        features: Mapping[str, Any],
        output_mode: str = "concat",
        crosses: Sequence[Any] | None = None,
        crossing_dim: int | None = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if not features:
            raise ValueError(f"The `features` argument cannot be None or empty. Received: features={features!r}")
        if not isinstance(features, Mapping):
            raise ValueError(
                "`features` is a dictionary of names and what the features are. Received: features="
                f"{features!r:.100} (of type {type(features)})"
            )
        if output_mode not in ("concat", "dict"):
            raise ValueError(
                "Invalid value for argument `output_mode`. Expected one of {'concat', 'dict'}. Received: output_mode="
                f"{output_mode}"
            )
        self.crossing_dim = crossing_dim
        self.hashing_dim = hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.output_mode = output_mode
        self.features = {key: self._as_feature(key, value) for key, value in features.items()}
        self.crosses = [self._as_cross(cross) for cross in crosses or ()]
        self.crosses_by_name = {cross.name: cross for cross in self.crosses}
        self.inputs = {key: Input(shape=(1,), dtype=feature.dtype, name=key) for key, feature in self.features.items()}
        self.preprocessors = {key: feature.preprocessor for key, feature in self.features.items()}
        self.crossers = {cross.name: HashedCrossing(cross.crossing_dim, name=cross.name) for cross in self.crosses}
        self.one_hot_encoders: dict[str, CategoryEncoding] = {}
        self.concat: TFDConcat | None = None
        self.encoded_features: Any = None
        self._is_adapted = not any(map(parts.learns, self.preprocessors.values()))

    # -- features and crosses --------------------------------------------------------------------------------------

    @classmethod
    def cross(cls, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Return a cross of features for the argument ``crosses``; see `HashedCrossing`."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """Return a feature with a preprocessing layer of one's own.

        Args:
            dtype: Dtype of the values, ``"string"`` for texts.
            preprocessor: Layer or function; it gets values of shape ``(batch, 1)``.
            output_mode: ``"float"`` where it gives the feature itself, ``"int"`` where it gives an integer,
                ``"one_hot"`` where that becomes a vector (of lookups, hashes and bins only).
        """
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:  # type: ignore[override]
        """Return a feature of plain numbers."""
        return parts.plain(name)

    @classmethod
    def float_rescaled(cls, scale: float = 1.0, offset: float = 0.0, name: str | None = None) -> Feature:  # type: ignore[valid-type]
        """Return a feature of numbers times ``scale`` plus ``offset``; see `Rescaling`."""
        return parts.rescaled(scale, offset, name)

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """Return a feature of numbers brought to mean 0 and variance 1; see `Normalization`."""
        return parts.normalized(name)

    @classmethod
    def float_discretized(
        cls,
        num_bins: int | None,
        bin_boundaries: Sequence[Any] | None = None,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a feature of the bins that numbers lie in; see `Discretization`.

        Args:
            num_bins: Number of bins to learn; None where ``bin_boundaries`` are given.
            bin_boundaries: The boundaries.
            output_mode: ``"one_hot"`` or ``"int"``.
            name: Name of the feature.
        """
        return parts.discretized(num_bins, bin_boundaries, output_mode, name)

    @classmethod
    def integer_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a feature of integers that are looked up in a vocabulary; see `IntegerLookup`."""
        return parts.categorical("integer", max_tokens, num_oov_indices, output_mode, name)

    @classmethod
    def string_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a feature of strings that are looked up in a vocabulary; see `StringLookup`."""
        return parts.categorical("string", max_tokens, num_oov_indices, output_mode, name)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Return a feature of integers that are hashed; see `Hashing`."""
        return parts.hashed("integer", num_bins, output_mode, name)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Return a feature of strings that are hashed; see `Hashing`."""
        return parts.hashed("string", num_bins, output_mode, name)

    def _as_feature(self, name: str, value: Any) -> Feature:
        value = parts.deserialized(value, Feature)
        if isinstance(value, Feature):
            return value
        known = isinstance(value, str)
        found = parts.named_feature(value, name, self.hashing_dim, self.num_discretization_bins) if known else None
        if found is None:
            raise ValueError(
                f"Invalid feature type: {value}. Use the name of a kind, such as 'float_normalized', or "
                "`FeatureSpace.feature(...)` and the other class methods."
            )
        return found

    def _as_cross(self, value: Any) -> Cross:
        value = parts.deserialized(value, Cross)
        if not isinstance(value, Cross):
            if self.crossing_dim is None:
                raise ValueError(
                    "When specifying `crosses`, the argument `crossing_dim` (dimensionality of the crossing space) "
                    "should be specified as well. Received: crossing_dim=None"
                )
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise ValueError(f"A cross is a tuple of names of features. Received: {value!r}, of type {type(value)}")
            value = Cross(value, self.crossing_dim)
        unknown = [name for name in value.feature_names if name not in self.features]
        if unknown:
            raise ValueError(
                "All features referenced in the `crosses` argument should be present in the `features` dict. Received "
                f"unknown features: {unknown} of {value.feature_names}"
            )
        return value

    # -- learning --------------------------------------------------------------------------------------------------

    def adapt(self, dataset: Any) -> None:
        """Let the features learn what they need: vocabularies, bins, means and variances.

        Args:
            dataset: A dictionary of features or a data frame; or what yields dictionaries, of batches or of single
                samples: a dataset, `DataLoader`, generator or list. Of pairs of these and targets the first part
                counts. It is read once.

        Raises:
            ValueError: it is something else, lacks a feature or has no samples.
        """
        layers = {key: layer for key, layer in self.preprocessors.items() if parts.learns(layer)}
        # All columns before the first layer learns: wrong data must not cost what was learned before.
        columns: dict[str, list[Any]] = {key: [] for key in layers}
        is_empty = True
        for batch in _batches(dataset):
            is_empty = False
            values, _ = self._values(batch, list(layers))
            for key, value in values.items():
                columns[key].append(value)
        if is_empty:
            raise ValueError("`adapt` received no data. Pass at least one sample.")
        for key, layer in layers.items():
            _learn(layer, columns[key])
        self._is_adapted = True
        self.one_hot_encoders.clear()  # there may be other numbers of categories now
        self.encoded_features = self.concat = None
        self._encode_symbols()

    # -- calling ---------------------------------------------------------------------------------------------------

    def get_inputs(self) -> dict[str, KerasTensor]:
        """Return the symbolic inputs of a functional model, by the names of the features.

        Raises:
            ValueError: something has to be learned first.
        """
        self._encode_symbols()
        return dict(self.inputs)

    def get_encoded_features(self) -> Any:
        """Return the symbolic outputs for :meth:`get_inputs`: a KerasTensor, or a dictionary of them.

        Raises:
            ValueError: something has to be learned first.
        """
        self._encode_symbols()
        return self.encoded_features

    def _encode_symbols(self) -> None:
        if not self._is_adapted:
            raise ValueError("You need to call `.adapt(dataset)` on the FeatureSpace before you can start using it.")
        if self.encoded_features is None:
            self.__dict__["encoded_features"] = self._encoded(self.inputs)
            self.built = True

    def __call__(self, data: Any) -> Any:
        """Return the encoded features of a dictionary of features."""
        if _is_frame(data):
            data = dict(data)
        if not isinstance(data, Mapping):
            raise ValueError(
                f"A FeatureSpace can only be called with a dict. Received: data={data!r:.100} (of type {type(data)})"
            )
        self._encode_symbols()
        if any(isinstance(value, KerasTensor) for value in data.values()):
            return self._encoded({key: data[key] for key in self._present(data, self.features)})
        values, is_single = self._values(data, self.features)
        encoded = self._encoded(values)
        return tree.map_structure(lambda x: x[0], encoded) if is_single else encoded

    def call(self, data: Any) -> Any:
        """Return the encoded features of a dictionary of features."""
        return self(data)

    def _present(self, data: Mapping[str, Any], names: Any) -> list[str]:
        missing = [name for name in names if name not in data]
        if missing:
            raise ValueError(f"FeatureSpace '{self.name}' lacks the features {missing}. Received: {list(data)}")
        return list(names)

    def _values(self, data: Mapping[str, Any], names: Any) -> tuple[dict[str, Any], bool]:
        """Return the values of features, ``(batch, 1)`` or more axes, and whether they are of one sample."""
        found = {name: self._value(name, data[name]) for name in self._present(data, names)}
        is_single = any(value.ndim == 0 for value in found.values())
        shaped = {
            name: x.reshape(1, 1) if x.ndim == 0 else x[:, None] if x.ndim == 1 else x for name, x in found.items()
        }
        lengths = {name: len(value) for name, value in shaped.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"The features of a batch must have one length. Received: {lengths}")
        return shaped, is_single

    def _value(self, name: str, value: Any) -> Any:
        dtype = self.features[name].dtype
        if dtype == "string":
            return as_texts(value, f"Feature '{name}'")
        if hasattr(value, "to_numpy"):
            value = value.to_numpy()
        try:
            tensor: torch.Tensor = convert_to_tensor(value).to(current_device())
        except (TypeError, ValueError) as error:
            raise type(error)(f"Feature '{name}': {error}") from error
        if "float" not in dtype and tensor.is_floating_point():
            raise ValueError(
                f"Feature '{name}' takes integers (dtype {dtype}). Received {tensor.dtype}: convert them, or use a "
                "feature of floats."
            )
        return tensor.to(getattr(torch, dtype)) if "float" in dtype else tensor

    def _encoded(self, values: Mapping[str, Any]) -> Any:
        """Return the features, symbolic or not, preprocessed, crossed, encoded, and joined in mode ``"concat"``."""
        plain = {name: self.preprocessors[name](value) for name, value in values.items()}
        crossed = {
            cross.name: self.crossers[cross.name]([plain[name] for name in cross.feature_names])
            for cross in self.crosses
        }
        encoded = {name: self._encode(name, self.features[name], plain[name]) for name in sorted(plain)}
        encoded |= {name: self._encode(name, self.crosses_by_name[name], crossed[name]) for name in sorted(crossed)}
        if self.output_mode == "dict":
            return encoded
        for name, value in encoded.items():
            dtype = "string" if isinstance(value, np.ndarray) else str(value.dtype).removeprefix("torch.")
            if not dtype.startswith(("float", "bfloat")):
                raise ValueError(
                    f"Cannot concatenate features because feature '{name}' has not been encoded (it has dtype {dtype})."
                    " Consider using `output_mode='dict'`."
                )
        if self.concat is None:
            self.concat = TFDConcat(axis=-1)
        return self.concat(list(encoded.values()))

    def _encode(self, name: str, part: Feature | Cross, value: Any) -> Any:
        if part.output_mode != "one_hot":
            return value
        encoder = self.one_hot_encoders.get(name)
        if encoder is None:
            layer = self.crossers[name] if isinstance(part, Cross) else self.preprocessors[name]
            size = parts.cardinality(layer)
            if size is None:
                raise ValueError(
                    f"Feature '{name}' has `output_mode='one_hot'`. However it isn't a standard feature and the "
                    "dimensionality of its output space is not known, thus it cannot be one-hot encoded. Try using "
                    "`output_mode='int'`."
                )
            self.one_hot_encoders[name] = encoder = CategoryEncoding(num_tokens=size, output_mode="multi_hot")
        return encoder(value)

    # -- files -----------------------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        return {
            "features": {name: parts.serialized(feature) for name, feature in self.features.items()},
            "output_mode": self.output_mode,
            "crosses": [parts.serialized(cross) for cross in self.crosses],
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    def get_build_config(self) -> Config:
        """Return the shapes that the layers of the features were built for."""
        return {
            name: layer.get_build_config() if isinstance(layer, Layer) else None
            for name, layer in self.preprocessors.items()
        }

    def build_from_config(self, config: Config) -> None:
        """Build the layers of the features as :meth:`get_build_config` says; what they learned comes from the file."""
        for name, shapes in config.items():
            layer = self.preprocessors.get(name)
            if isinstance(layer, Layer) and not layer.built and shapes:
                layer.build_from_config(shapes)
        self._is_adapted = True

    def save(self, filepath: str | os.PathLike[str] | IO[bytes]) -> None:
        """Write the whole to a ``.keras`` file, which ``load_model`` reads, that of Keras too.

        Args:
            filepath: Name that ends in ``.keras``, or a binary file object.

        Raises:
            ValueError: the name ends otherwise.
        """
        save_model(self, filepath)

    def save_own_variables(self, store: Any) -> None:
        """Write nothing: the layers of the features write theirs."""

    def load_own_variables(self, store: Any) -> None:
        """Read nothing: the layers of the features read theirs."""


def _learn(layer: Any, batches: list[Any]) -> None:
    if not hasattr(layer, "update_state"):
        layer.adapt(np.concatenate(batches) if isinstance(batches[0], np.ndarray) else torch.cat(batches))
        return
    layer.reset_state()
    for batch in batches:
        layer.update_state(batch)
    layer.finalize_state()


def _batches(dataset: Any) -> Iterator[Mapping[str, Any]]:
    """Yield dictionaries of batches; single samples are put together."""
    if _is_frame(dataset):
        dataset = dict(dataset)
    if isinstance(dataset, Mapping):
        yield dataset
        return
    if not hasattr(dataset, "__iter__") and not hasattr(dataset, "__getitem__"):
        raise ValueError(
            "`adapt()` takes a dictionary of features, or a dataset of such dictionaries. Received: "
            f"{dataset!r:.100} (of type {type(dataset)})"
        )
    source = iter(dataset) if hasattr(dataset, "__iter__") else (dataset[i] for i in range(len(dataset)))
    singles: list[Mapping[str, Any]] = []
    for element in source:
        sample = element[0] if isinstance(element, (tuple, list)) and element else element
        if not isinstance(sample, Mapping):
            raise ValueError(f"`adapt()` takes a dataset of dictionaries of features. Received one of {type(sample)}")
        if all(
            np.ndim(value) == 0 if not isinstance(value, torch.Tensor) else value.ndim == 0 for value in sample.values()
        ):
            singles.append(sample)
            if len(singles) < _ADAPTED_AT_ONCE:
                continue
            sample = _together(singles)
            singles = []
        yield sample
    if singles:
        yield _together(singles)


def _together(samples: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(batched(samples, len(samples)))


def _is_frame(data: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)
