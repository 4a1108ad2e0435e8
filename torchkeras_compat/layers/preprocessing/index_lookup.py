"""What `IntegerLookup` and `StringLookup` have in common: a vocabulary, and values as their places in it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.adapting import batches_of
from torchkeras_compat.layers.preprocessing.encoding import check_mode, encode, encoded_shape, refuse_sparse
from torchkeras_compat.layers.preprocessing.hashing_bins import checked_salt
from torchkeras_compat.layers.preprocessing.vocabulary import (
    WordCounts,
    load_vocabulary,
    read_word_list,
    repeated,
    save_vocabulary,
)
from torchkeras_compat.overrides import overridable
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shape

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class IndexLookup(Layer):
    """Base of the lookups. A subclass says what words are, and finds their places.

    The output has a place for the mask first (only in mode ``"int"``), then those of unknown words, then the words.
    """

    _takes_strings = True
    _word_type: type = str

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        vocabulary_size: int | None = None,
        encoding: str = "utf-8",
        **kwargs: Any,
    ) -> None:
        kind = type(self).__name__
        super().__init__(name=name, **{**kwargs, "autocast": False})
        if max_tokens is not None and (not hasattr(max_tokens, "__index__") or max_tokens <= 1):
            raise ValueError(
                f"If `max_tokens` is set for `{kind}`, it must be greater than 1. Received: max_tokens={max_tokens}"
            )
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(f"If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens={max_tokens}")
        if not hasattr(num_oov_indices, "__index__") or num_oov_indices < 0:
            raise ValueError(
                f"The value of `num_oov_indices` argument for `{kind}` must >= 0. Received: num_oov_indices="
                f"{num_oov_indices}"
            )
        check_mode(kind, output_mode, MODES)
        if invert and output_mode != "int":
            raise ValueError(
                f"`output_mode` must be `'int'` when `invert` is true. Received: output_mode={output_mode}"
            )
        refuse_sparse(kind, sparse)
        if idf_weights is not None and output_mode != "tf_idf":
            raise ValueError(
                "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: idf_weights="
                f"{idf_weights} and output_mode={output_mode}"
            )
        self.invert = invert
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.output_mode = output_mode
        self.sparse = sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.oov_method = oov_method
        self.salt = checked_salt(kind, salt)
        self.encoding = encoding
        self.input_vocabulary = None
        self.input_idf_weights = None
        self._words: list[Any] | None = None  # without the special ones
        self._vocabulary_size = vocabulary_size  # of a config, where the words come later
        self._is_given = False  # by the constructor or `set_vocabulary`, so that there is nothing to adapt
        self._idf: np.ndarray[Any, Any] | None = None  # for unknown words, then the words
        self._by_device: dict[torch.device, Any] = {}
        self._counts = WordCounts()
        if vocabulary is not None:
            if not isinstance(vocabulary, (str, Path)):
                self.input_vocabulary = [_plain(word) for word in vocabulary]
                self.input_idf_weights = None if idf_weights is None else [float(x) for x in idf_weights]
            self.set_vocabulary(vocabulary, idf_weights)
        elif idf_weights is not None:
            raise ValueError("`idf_weights` needs the `vocabulary` of the weighted words. Received: vocabulary=None")
        self._skip_building()

    # -- the vocabulary --------------------------------------------------------------------------------------------

    @abstractmethod
    def _as_word(self, value: Any) -> Any:
        """Return a value as a word, or raise a TypeError or ValueError."""

    @abstractmethod
    def _documents(self, batch: Any) -> list[list[Any]]:
        """Return the words of each sample of a batch."""

    @property
    def _has_mask_place(self) -> bool:
        return self.mask_token is not None and self.output_mode == "int"

    def _special(self) -> list[Any]:
        mask = [self.mask_token] if self._has_mask_place else []
        return [*mask, *[self.oov_token] * self.num_oov_indices]

    def _special_start(self) -> list[Any]:
        """Return the special words for a message, of many the first."""
        mask = [self.mask_token] if self._has_mask_place else []
        return [*mask, *[self.oov_token] * min(self.num_oov_indices, 20)]

    @property
    def _first_place(self) -> int:
        # Computed: a file may say any number of places for unknown words, and no list of them is made for it.
        return int(self._has_mask_place) + self.num_oov_indices

    def _starts_with_special(self, words: list[Any]) -> bool:
        count = self._first_place
        return 0 < count <= len(words) and words[:count] == self._special()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the words.

        Args:
            vocabulary: The words in order, with or without the special ones before them; an array, list or tuple, or
                the path of a text file with one word a line.
            idf_weights: Weight of each word, in mode ``"tf_idf"``.

        Raises:
            ValueError: there are no words, one repeats or the mask is not at its place, there are more than
                ``max_tokens``, or the weights are missing, too many or not for this mode.
        """
        if isinstance(vocabulary, (str, Path)):
            vocabulary = read_word_list(vocabulary, self.encoding)
        words = [self._as_word(word) for word in np.asarray(vocabulary, dtype=object).reshape(-1).tolist()]
        if self.output_mode != "tf_idf" and idf_weights is not None:
            raise ValueError(
                f"`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: output_mode="
                f"{self.output_mode} and idf_weights={idf_weights}"
            )
        if self.output_mode == "tf_idf" and idf_weights is None:
            raise ValueError(
                "`idf_weights` must be set if output_mode is 'tf_idf': when specifying the `vocabulary`, the "
                "`idf_weights` must also be provided."
            )
        if not words:
            raise ValueError(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        weights = None
        if idf_weights is not None:
            weights = np.asarray(idf_weights, np.float32)
            if len(weights) != len(words):
                raise ValueError(
                    "`idf_weights` must be the same length as vocabulary. len(idf_weights) is "
                    f"{len(weights)}; len(vocabulary) is {len(words)}"
                )
        has_special = self._starts_with_special(words)
        own = words[self._first_place :] if has_special else words
        self._check_words(own)
        self._words = own
        self._is_given = True
        if weights is not None:
            self._idf = self._with_unknown(weights, has_special)
        self._forget_tables()

    def _check_words(self, words: list[Any]) -> None:
        if twice := repeated(words):
            raise ValueError(
                "The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms"
                f" are: {twice[:20]}"
            )
        if self.mask_token is not None and self.mask_token in words:
            raise ValueError(
                "Found reserved mask token at unexpected location in `vocabulary`. Note that passed `vocabulary` does "
                "not need to include the OOV and mask tokens. Either remove all mask and OOV tokens, or include them "
                f"only at the start of the vocabulary in precisely this order: {self._special_start()}. Received: "
                f"mask_token={self.mask_token} at vocabulary index [{words.index(self.mask_token)}]"
            )
        size = len(words) + self._first_place
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                "Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary size is "
                f"{size}; `max_tokens` is {self.max_tokens}."
            )

    def _with_unknown(self, weights: np.ndarray[Any, Any], has_special: bool) -> np.ndarray[Any, Any]:
        """Return the weights with those of unknown words before them: given ones, else the mean of all."""
        if has_special:
            return weights
        # Made by torch, which refuses what a file that is being read may not ask for.
        unknown = torch.full((self.num_oov_indices,), float(weights.mean()), dtype=torch.float32, device="cpu")
        return np.concatenate([unknown.numpy(), weights])

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the words in the order of their places.

        Args:
            include_special_tokens: Whether the mask and the token of unknown words are among them.
        """
        words = self._words or []
        return [*self._special(), *words] if include_special_tokens else list(words)

    def vocabulary_size(self) -> int:
        """Return the number of places, with those of the mask and of unknown words."""
        if self._words is None and self._vocabulary_size is not None:
            return self._vocabulary_size
        return len(self._words or []) + self._first_place

    def _forget_tables(self) -> None:
        self._by_device = {}

    # -- learning it -----------------------------------------------------------------------------------------------

    @overridable
    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the words from data: the most common first.

        Args:
            data: Words as an array, list or pandas column, or batches of these.
            steps: How many batches of an iterable count; None for all.

        Raises:
            ValueError: the vocabulary was given, or there are no data.
        """
        if self._is_given:
            raise ValueError(
                f"Cannot adapt layer '{self.name}' after setting a static vocabulary via `vocabulary` argument or "
                "`set_vocabulary()` method."
            )
        self.reset_state()
        for batch in batches_of(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Count the words of one more batch."""
        self._counts.add(self._documents(data), self.output_mode == "tf_idf")

    def finalize_state(self) -> None:
        """Set the vocabulary by what was counted since :meth:`reset_state`."""
        if self._is_given:
            return
        limit = None if self.max_tokens is None else max(0, self.max_tokens - self._first_place)
        self._words = self._counts.most_common([self.mask_token, self.oov_token], limit)
        if self.output_mode == "tf_idf":
            weights = np.asarray(self._counts.inverse_document_frequencies(self._words), np.float32)
            self._idf = self._with_unknown(weights, False)
        self._forget_tables()
        self._counts = WordCounts()

    def reset_state(self) -> None:
        """Forget what was counted and learned."""
        if self._is_given:
            return
        self._words = None
        self._idf = None
        self._counts = WordCounts()
        self._forget_tables()

    # -- calling ---------------------------------------------------------------------------------------------------

    def _check_ready(self) -> None:
        if self._words is None:
            raise ValueError(
                f"{type(self).__name__} '{self.name}' has no vocabulary yet. Call `adapt(data)`, or pass `vocabulary`."
            )

    def _unknown_error(self, examples: Sequence[Any]) -> ValueError:
        return ValueError(
            f"{type(self).__name__} '{self.name}' has no place for unknown words (num_oov_indices=0), and received "
            f"{list(examples)[:5]}. Add them to the vocabulary, or use `num_oov_indices`."
        )

    def _size(self) -> int | None:
        return self.max_tokens if self.pad_to_max_tokens else self.vocabulary_size()

    def _output_dtype(self) -> str:
        return "float32" if self.output_mode == "tf_idf" else "int64"

    def _encoded(self, places: torch.Tensor) -> torch.Tensor:
        """Return the places, -1 for masked values, in the form of the output mode."""
        if self.output_mode == "int":
            return places
        size = self._size()
        assert size is not None
        if self.output_mode != "tf_idf":
            return encode(places, size, self.output_mode, torch.int64)
        counts = encode(places, size, "count", torch.float32)
        weights = self._on(places.device, "idf")
        return counts * torch.nn.functional.pad(weights, (0, size - len(weights)))

    def _on(self, device: torch.device, name: str) -> Any:
        """Return a table of the vocabulary on a device, made once for each."""
        key: Any = (name, device)
        if key not in self._by_device:
            self._by_device[key] = self._table(name, device)
        return self._by_device[key]

    def _table(self, name: str, device: torch.device) -> Any:
        if self._idf is None:
            raise ValueError(f"{type(self).__name__} '{self.name}' has no idf weights. Call `adapt(data)` first.")
        if len(self._idf) != self.vocabulary_size():
            raise ValueError(
                f"{type(self).__name__} '{self.name}' has {len(self._idf)} idf weights for a vocabulary of "
                f"{self.vocabulary_size()}. Call `adapt(data)` again, or save the model again."
            )
        return torch.as_tensor(self._idf, device=device)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output."""
        if self.output_mode == "int":
            return tuple(input_shape)
        mode = "one_hot" if self.output_mode == "one_hot" else "count"
        return encoded_shape(input_shape, self._size(), mode)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Return the KerasTensor of the output."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self._output_dtype())

    # -- files -----------------------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        size = self.vocabulary_size() if self._words is not None or self._vocabulary_size is not None else None
        return {
            **super().get_config(),
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "idf_weights": self.input_idf_weights,
            "vocabulary": self.input_vocabulary,
            "vocabulary_size": size,
            "oov_method": self.oov_method,
            "salt": None if self.salt is None else list(self.salt),
        }

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return the layer that a config describes.

        Raises:
            ValueError: the vocabulary is a path: a config opens no files.
        """
        cls._refuse_path(config.get("vocabulary"))
        return cls(**config)

    @classmethod
    def _refuse_path(cls, vocabulary: Any) -> None:
        if isinstance(vocabulary, (str, Path)):
            raise ValueError(
                f"The config of a {cls.__name__} names a file of words, {vocabulary!r}, and a config opens no files. "
                "Pass the words, or read the file with `set_vocabulary(path)` afterwards."
            )

    def save_own_variables(self, store: Any) -> None:
        """Write the idf weights, if there are any."""
        if self.output_mode == "tf_idf" and self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Any) -> None:
        """Read the idf weights, if there are any."""
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self._idf = np.asarray(store["idf_weights"], np.float32)
            self._forget_tables()

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary, unless the config has it."""
        if self.input_vocabulary is None and self._words is not None:
            save_vocabulary(dir_path, self.get_vocabulary(), self.encoding)

    def load_assets(self, dir_path: str) -> None:
        """Read the vocabulary, unless the config has it.

        Raises:
            FileContentError: it does not fit the layer.
        """
        if self.input_vocabulary is None:
            self._take_saved(load_vocabulary(dir_path, self.encoding))

    def _take_saved(self, saved: list[str]) -> None:
        words = [self._as_word(word) for word in saved]
        if self._starts_with_special(words):
            words = words[self._first_place :]
        self._check_words(words)
        self._words = words
        self._forget_tables()


def rows(values: list[Any], shape: Sequence[int]) -> list[list[Any]]:
    """Return the values of each sample of an array, given flat; with one axis each value is a sample."""
    width = max(1, int(np.prod(shape[1:])))
    return [values[i : i + width] for i in range(0, len(values), width)]


def _plain(word: Any) -> Any:
    return word.item() if isinstance(word, np.generic) else word
