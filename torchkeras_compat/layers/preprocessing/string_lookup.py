"""`StringLookup`: strings as their places in a vocabulary."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.layers.preprocessing.hashing_bins import bins_of_texts
from torchkeras_compat.layers.preprocessing.index_lookup import IndexLookup, rows
from torchkeras_compat.layers.preprocessing.texts import StringArray, Texts, as_texts
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config


class StringLookup(IndexLookup):
    """Maps strings to their places in a vocabulary, and back.

    The places are those of the mask, if there is one, then ``num_oov_indices`` for unknown strings, then the
    vocabulary. The output lies on the device that data goes to.

    Args:
        max_tokens: Most places, those of mask and unknown strings included; None for no limit.
        num_oov_indices: Places for unknown strings. If several, the hash of the string chooses one, as in `Hashing`;
            with none they are an error.
        mask_token: String at place 0, which modes other than ``"int"`` leave out; None for none.
        oov_token: What stands for an unknown string where ``invert`` is set.
        vocabulary: Strings in order, or the path of a text file with one a line; None to learn them by :meth:`adapt`.
        idf_weights: Weight of each string, for ``"tf_idf"`` with a given vocabulary.
        invert: Whether places become strings, in an array of Python strings.
        output_mode: ``"int"`` for places; ``"one_hot"``, ``"multi_hot"`` or ``"count"`` as in `CategoryEncoding`;
            ``"tf_idf"`` for counts times the weights.
        pad_to_max_tokens: Whether the vectors have ``max_tokens`` positions even where the vocabulary is smaller.
        sparse: Must be False: the output is dense.
        encoding: How bytes and files of words become strings.
        name: Name of the layer.
        salt: Key of the hash of unknown strings, as in `Hashing`.
        kwargs: Arguments of `Layer`.

    Input shape:
        Any: strings as (nested) lists, arrays or pandas columns; places where ``invert`` is set.
    Output shape:
        That of the input for ``"int"``, int64, else with an axis of the places as in `CategoryEncoding`, int64, or
        float32 for ``"tf_idf"``.

    Raises:
        ValueError: an argument is none of those above; in a call, there is no vocabulary yet, or an unknown string
            without a place.
        TypeError: the inputs are not strings.

    Example:
        >>> StringLookup(vocabulary=["a", "b", "c", "d"])([["a", "c", "d"], ["d", "z", "b"]]).tolist()
        [[1, 3, 4], [4, 0, 2]]
        >>> StringLookup(vocabulary=["a", "b"], invert=True)([2, 0]).tolist()
        ['b', '[UNK]']

    Source: Keras API, layers/StringLookup.
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("oov_method", None)  # of a config: there is one only
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            sparse,
            pad_to_max_tokens,
            salt=salt,
            name=name,
            encoding=encoding,
            **kwargs,
        )
        self._input_dtype_hint = "int64" if invert else "string"

    def _as_word(self, value: Any) -> str:
        if isinstance(value, bytes):
            return value.decode(self.encoding)
        if not isinstance(value, str):
            raise ValueError(f"The vocabulary of a StringLookup holds strings. Received: {value!r}")
        return str(value)

    def _documents(self, batch: Any) -> list[list[str]]:
        texts = as_texts(batch, "StringLookup", self.encoding)
        return rows(texts.reshape(-1).tolist(), texts.shape)

    def call(self, inputs: Any) -> Any:
        """Return the places of strings, or with ``invert`` the strings at places."""
        self._check_ready()
        if self.invert:
            return self._words_at(inputs)
        return self._encoded(self._places(as_texts(inputs, "StringLookup", self.encoding)))

    def _places(self, texts: Texts) -> torch.Tensor:
        """Return the places of an array of strings, -1 for masked ones in modes that leave them out."""
        flat = texts.reshape(-1).tolist()
        places = self._on(torch.device("cpu"), "places")
        found = np.fromiter(map(places.get, flat, repeat(-2)), np.int64, len(flat))
        unknown = np.flatnonzero(found == -2)
        if len(unknown):
            words = texts.reshape(-1)[unknown]
            start = self._first_place - self.num_oov_indices
            if not self.num_oov_indices:
                raise self._unknown_error(words.tolist())
            found[unknown] = start
            if self.num_oov_indices > 1:
                found[unknown] += bins_of_texts(words, self.num_oov_indices, self.salt).numpy(force=True)
        return torch.from_numpy(found).reshape(texts.shape).to(current_device())

    def _words_at(self, places: Any) -> StringArray:
        array = places.detach().cpu().numpy() if isinstance(places, torch.Tensor) else np.asarray(places)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"StringLookup '{self.name}' with invert=True takes places. Received: dtype {array.dtype}.")
        words = np.array([*self.get_vocabulary(), self.oov_token], dtype=object)
        number = len(words) - 1
        index = array.astype(np.int64)
        return StringArray(words[np.where((index >= 0) & (index < number), index, number)])

    def _table(self, name: str, device: torch.device) -> Any:
        if name == "idf":
            return super()._table(name, device)
        places = {word: i + self._first_place for i, word in enumerate(self.get_vocabulary(False))}
        if self.mask_token is not None:
            places[self.mask_token] = 0 if self._has_mask_place else -1
        return places

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        if self.invert:
            return KerasTensor(inputs.shape, "string")
        return super().compute_output_spec(inputs)

    def get_config(self) -> Config:
        return {**super().get_config(), "encoding": self.encoding}
