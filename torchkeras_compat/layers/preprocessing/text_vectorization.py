"""`TextVectorization`: texts as the places of their words in a vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import kinds
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.adapting import batches_of
from torchkeras_compat.layers.preprocessing.encoding import refuse_sparse
from torchkeras_compat.layers.preprocessing.index_lookup import MODES
from torchkeras_compat.layers.preprocessing.string_lookup import StringLookup
from torchkeras_compat.layers.preprocessing.texts import StringArray, Texts, as_texts
from torchkeras_compat.layers.preprocessing.tokens import SPLIT, STANDARDIZE, ngrams, split, standardized
from torchkeras_compat.overrides import overridable
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shape


class TextVectorization(Layer):
    """Standardises texts, splits them into words, joins words to n-grams and maps these to places in a vocabulary.

    The output lies on the device that data goes to. Only ASCII letters become lowercase and only ASCII white space
    splits, as in Keras.

    Args:
        max_tokens: Most places, those of padding and unknown words included; None for no limit.
        standardize: ``"lower_and_strip_punctuation"``, ``"lower"``, ``"strip_punctuation"``, None, or a function of an
            array of strings that returns one of the same shape.
        split: ``"whitespace"``, ``"character"``, None where each string is a word, or a function of an array of strings
            that returns a list of words for each.
        ngrams: None for words; an int for n-grams of up to so many words, or a tuple of the sizes.
        output_mode: ``"int"`` for a sequence of places, 0 for padding and 1 for unknown words; ``"multi_hot"``,
            ``"count"`` or ``"tf_idf"`` for one vector a text.
        output_sequence_length: Length that sequences are cut or padded to; None for that of the longest.
        pad_to_max_tokens: Whether vectors have ``max_tokens`` positions even where the vocabulary is smaller.
        vocabulary: Words in order, or the path of a text file with one a line; None to learn them by :meth:`adapt`.
        idf_weights: Weight of each word, for ``"tf_idf"`` with a given vocabulary.
        sparse: Must be False: the output is dense.
        ragged: Must be False: sequences are padded.
        encoding: How bytes and files of words become strings.
        name: Name of the layer.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch,)`` or ``(batch, 1)``, strings as lists, arrays or pandas columns; with ``split=None`` also
        ``(batch, words)``.
    Output shape:
        ``(batch, words)``, int64, for ``"int"``; else ``(batch, places)``, int64, or float32 for ``"tf_idf"``.

    Raises:
        ValueError: an argument is none of those above; in a call, there is no vocabulary yet, or the shape is another.
        TypeError: the inputs are not strings, or a function gives something else than it should.

    Example:
        >>> layer = TextVectorization(vocabulary=["earth", "wind", "and", "fire"])
        >>> layer(["Earth, wind AND fire!", "fire and earth michigan"]).tolist()
        [[2, 3, 4, 5], [5, 4, 2, 1]]

    Source: Keras API, layers/TextVectorization.
    """

    _takes_strings = True
    _input_dtype_hint = "string"

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[[Any], Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[[Any], Any] | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        vocabulary_size = kwargs.pop("vocabulary_size", None)
        super().__init__(name=name, **{**kwargs, "autocast": False})
        _check_step("standardize", standardize, STANDARDIZE)
        _check_step("split", split, SPLIT)
        if output_mode not in MODES or output_mode == "one_hot":
            raise ValueError(
                "Unknown value for `output_mode` argument of TextVectorization. Allowed values are: ('int', 'multi_hot'"
                f", 'count', 'tf_idf'). Received: output_mode={output_mode}"
            )
        if output_sequence_length is not None and output_mode != "int":
            raise ValueError(
                "`output_sequence_length` must not be set if `output_mode` is not 'int'. Received "
                f"output_sequence_length={output_sequence_length}."
            )
        if output_sequence_length is not None and not hasattr(output_sequence_length, "__index__"):
            raise ValueError(
                "`output_sequence_length` must be either None or an integer. Received: output_sequence_length="
                f"{output_sequence_length!r}"
            )
        if ragged:
            raise ValueError(
                "`ragged=True` cannot be used with TextVectorization on PyTorch, which has no ragged tensors for "
                "layers. Received: ragged=True. Leave it out: sequences are padded with 0, and "
                "`Embedding(mask_zero=True)` masks these."
            )
        refuse_sparse("TextVectorization", sparse)
        if max_tokens is not None and (not hasattr(max_tokens, "__index__") or max_tokens < 1):
            raise ValueError(f"If set, `max_tokens` must be greater than 1. Received: max_tokens={max_tokens}")
        self.max_tokens = max_tokens
        self.standardize = standardize
        self.split = split
        self.ngrams = ngrams if ngrams is None or isinstance(ngrams, int) else tuple(ngrams)
        self._ngram_sizes = _sizes_of(ngrams)
        self.output_mode = output_mode
        self.output_sequence_length = output_sequence_length
        self.sparse = sparse
        self.ragged = ragged
        self.encoding = encoding
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token="",
            output_mode=output_mode,
            encoding=encoding,
            vocabulary_size=vocabulary_size,
        )
        self._skip_building()

    # -- the vocabulary --------------------------------------------------------------------------------------------

    @overridable
    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the words from texts: the most common first.

        Args:
            data: Texts as an array, list or pandas column, or batches of these.
            batch_size: A positive int or None, for Keras's signature: the words do not depend on it.
            steps: How many batches of an iterable count; None for all. An array or a list of texts counts as a whole.

        Raises:
            ValueError: the vocabulary was given, there are no data, or ``batch_size`` or ``steps`` is not positive.

        Example:
            >>> layer = TextVectorization()
            >>> layer.adapt(["foo bar", "bar baz"])
            >>> layer.get_vocabulary()
            ['', '[UNK]', 'bar', 'foo', 'baz']
        """
        if batch_size is not None and (not hasattr(batch_size, "__index__") or batch_size < 1):
            raise ValueError(f"`batch_size` must be a positive int, or None. Received: batch_size={batch_size!r}")
        if self._lookup_layer._is_given:
            raise ValueError(
                f"Cannot adapt layer '{self.name}' after setting a static vocabulary via `vocabulary` argument or "
                "`set_vocabulary()` method."
            )
        self.reset_state()
        for batch in batches_of(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Count the words of one more batch of texts."""
        lookup = self._lookup_layer
        lookup._counts.add(self._tokens(self._texts(data)), self.output_mode == "tf_idf")

    def finalize_state(self) -> None:
        """Set the vocabulary by what was counted since :meth:`reset_state`."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forget what was counted and learned."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the words in the order of their places.

        Args:
            include_special_tokens: Whether padding and the token of unknown words are among them.
        """
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """Return the number of places, with those of padding and unknown words."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the words; see `StringLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    # -- calling ---------------------------------------------------------------------------------------------------

    def call(self, inputs: Any) -> torch.Tensor:
        """Return the places of the words of texts, or one vector a text."""
        lookup = self._lookup_layer
        lookup._check_ready()
        texts = self._texts(inputs)
        if self.split is None and self._ngram_sizes is None:
            words = self._standardized(texts)
            places = lookup._places(words)
            return lookup._encoded(places) if self.output_mode != "int" else self._cut(places)
        documents = self._tokens(texts)
        rows = _padded(documents, self.output_sequence_length)
        places = lookup._places(rows).reshape(*_leading(texts, self.split is None), rows.shape[-1])
        if self.output_mode == "int":
            return places
        lengths = torch.tensor([len(words) for words in documents], device=places.device)
        is_padding = torch.arange(places.shape[-1], device=places.device) >= lengths.reshape(*places.shape[:-1], 1)
        return lookup._encoded(places.masked_fill(is_padding, -1))

    def _texts(self, inputs: Any) -> Texts:
        texts = as_texts(inputs, "TextVectorization", self.encoding)
        if self.split is not None and texts.ndim > 1:
            if texts.shape[-1] != 1:
                raise ValueError(
                    "When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape "
                    f"dimension must be 1. Received: inputs.shape={texts.shape} with rank={texts.ndim}. Use split=None "
                    "where each string is a word."
                )
            texts = texts[..., 0]
        return texts

    def _standardized(self, texts: Texts) -> Texts:
        how = self.standardize
        if how is None:
            return texts
        if callable(how):
            result = as_texts(how(StringArray(texts)), "`standardize` of TextVectorization", self.encoding)
            if result.shape != texts.shape:
                raise TypeError(
                    f"`standardize` of TextVectorization must return strings of the shape {texts.shape} that it gets. "
                    f"Received shape {result.shape}."
                )
            return result
        result = np.empty(texts.size, dtype=object)
        result[:] = [standardized(text, how) for text in texts.reshape(-1).tolist()]
        return result.reshape(texts.shape)

    def _tokens(self, texts: Texts) -> list[list[str]]:
        """Return the words, or n-grams, of each text."""
        texts = self._standardized(texts)
        if self.split is None:
            words = texts.reshape(-1, texts.shape[-1] if texts.ndim > 1 else 1).tolist()
        elif callable(self.split):
            words = self._split_by_function(texts)
        else:
            how = self.split
            words = [split(text, how) for text in texts.reshape(-1).tolist()]
        sizes = self._ngram_sizes
        return words if sizes is None else [ngrams(tokens, sizes) for tokens in words]

    def _split_by_function(self, texts: Texts) -> list[list[str]]:
        assert callable(self.split)
        found = self.split(StringArray(texts.reshape(-1)))
        words = [list(row) for row in _as_lists(found)]
        if len(words) != texts.size or not all(isinstance(word, str) for row in words for word in row):
            raise TypeError(
                "`split` of TextVectorization must return a list of strings for each string of the array that it gets. "
                f"Received {len(words)} lists for {texts.size} strings, or other values in them."
            )
        return words

    def _cut(self, places: torch.Tensor) -> torch.Tensor:
        length = self.output_sequence_length
        if length is None or places.ndim < 2:
            return places
        return torch.nn.functional.pad(places[..., :length], (0, max(0, length - places.shape[-1])))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output."""
        shape = tuple(input_shape)
        if self.split is not None and len(shape) > 1 and shape[-1] == 1:
            shape = shape[:-1]
        if self.output_mode != "int":
            return (*(shape if self.split is not None else shape[:-1]), self._lookup_layer._size())
        if self.split is None and self._ngram_sizes is None:
            length = self.output_sequence_length
            return (*shape[:-1], length) if len(shape) > 1 and length is not None else shape
        return (*(shape if self.split is not None else shape[:-1]), self.output_sequence_length)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Return the KerasTensor of the output."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self._lookup_layer._output_dtype())

    # -- files -----------------------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        lookup = self._lookup_layer
        steps = {"standardize": self.standardize, "split": self.split}
        return {
            **super().get_config(),
            "max_tokens": self.max_tokens,
            **{name: serialize_keras_object(step) if callable(step) else step for name, step in steps.items()},
            "ngrams": self.ngrams,
            "output_mode": self.output_mode,
            "output_sequence_length": self.output_sequence_length,
            "pad_to_max_tokens": lookup.pad_to_max_tokens,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "vocabulary": lookup.input_vocabulary,
            "idf_weights": lookup.input_idf_weights,
            "encoding": self.encoding,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> TextVectorization:
        """Return the layer that a config describes.

        Args:
            config: What ``get_config`` returned.
            custom_objects: Names and their functions, for ``standardize`` and ``split``.

        Raises:
            ValueError: the vocabulary is a path: a config opens no files.
            UnknownNameError: a function is not known by its name.
        """
        config = dict(config)
        StringLookup._refuse_path(config.get("vocabulary"))
        with custom_object_scope(custom_objects or {}):
            for name in ("standardize", "split"):
                if isinstance(config.get(name), dict):
                    config[name] = deserialize_as(kinds.FUNCTIONS, config[name])
        if isinstance(config.get("ngrams"), list):
            config["ngrams"] = tuple(config["ngrams"])
        return cls(**config)

    def save_own_variables(self, store: Any) -> None:
        """Write the idf weights, if there are any."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        """Read the idf weights, if there are any."""
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary, unless the config has it."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        """Read the vocabulary, unless the config has it."""
        self._lookup_layer.load_assets(dir_path)


def _check_step(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value is not None and not callable(value) and value not in known:
        raise ValueError(
            f"Unknown value for `{name}` argument of TextVectorization. Allowed values are: {known}, None or a "
            f"function. Received: {name}={value}"
        )


def _sizes_of(value: Any) -> Sequence[int] | None:
    if value is None:
        return None
    if isinstance(value, int) and value > 0:
        return range(1, value + 1)
    sizes = () if isinstance(value, (int, str)) else tuple(value)
    if not sizes or not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ValueError(f"`ngrams` must be None, a positive int or a tuple of these. Received: ngrams={value}")
    return sizes


def _padded(documents: list[list[str]], length: int | None) -> Texts:
    """Return words as an array, cut or padded with the mask to one length."""
    longest = max(map(len, documents), default=0) if length is None else length
    rows = np.full((len(documents), longest), "", dtype=object)
    for row, words in zip(rows, documents, strict=True):
        kept = words[:longest]
        row[: len(kept)] = kept
    return rows


def _leading(texts: Texts, holds_words: bool) -> tuple[int, ...]:
    return texts.shape[:-1] if holds_words and texts.ndim > 1 else texts.shape


def _as_lists(rows: Any) -> Any:
    """Return rows of strings, which may be a ragged tensor of bytes, as lists of ``str``."""
    if not hasattr(rows, "to_list"):
        return rows
    return [[word.decode("utf-8") if isinstance(word, bytes) else word for word in row] for row in rows.to_list()]
