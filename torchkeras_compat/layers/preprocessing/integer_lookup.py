"""`IntegerLookup`: integers as their places in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.layers.preprocessing.hashing_bins import bins_of_integers
from torchkeras_compat.layers.preprocessing.index_lookup import IndexLookup, rows
from torchkeras_compat.layers.preprocessing.texts import holds_texts
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.typing import Config


class IntegerLookup(IndexLookup):
    """Maps integers to their places in a vocabulary, and back.

    The places are those of the mask, if there is one, then ``num_oov_indices`` for unknown integers, then the
    vocabulary. Integers on a device are found there, without waiting for it, unless ``num_oov_indices`` is 0 and
    unknown ones have to be refused.

    Args:
        max_tokens: Most places, those of mask and unknown integers included; None for no limit.
        num_oov_indices: Places for unknown integers; of several, ``oov_method`` chooses one; 0 refuses them.
        mask_token: Integer at place 0, which modes other than ``"int"`` leave out; None for none.
        oov_token: What stands for an unknown integer where ``invert`` is set.
        vocabulary: Integers in order, or the path of a text file with one a line; None to learn them by :meth:`adapt`.
        vocabulary_dtype: Must be ``"int64"``.
        idf_weights: Weight of each integer, for ``"tf_idf"`` with a given vocabulary.
        invert: Whether places become integers.
        output_mode: ``"int"`` for places; ``"one_hot"``, ``"multi_hot"`` or ``"count"`` as in `CategoryEncoding`;
            ``"tf_idf"`` for counts times the weights.
        sparse: Must be False: the output is dense.
        pad_to_max_tokens: Whether the vectors have ``max_tokens`` positions even where the vocabulary is smaller.
        oov_method: ``"floormod"``: ``value % num_oov_indices``; ``"farmhash"``: by hash, as `Hashing`.
        salt: Key of the hash, as in `Hashing`.
        name: Name of the layer.
        kwargs: Arguments of `Layer`.

    Input shape:
        Any, integers.
    Output shape:
        That of the input for ``"int"``, int64, else with an axis of the places as in `CategoryEncoding`, int64, or
        float32 for ``"tf_idf"``.

    Raises:
        ValueError: an argument is none of those above; in a call, there is no vocabulary yet, or an unknown integer
            without a place.

    Example:
        >>> layer = IntegerLookup(vocabulary=[12, 36, 1138, 42])
        >>> layer(torch.tensor([[12, 1138, 42], [42, 1000, 36]])).tolist()
        [[1, 3, 4], [4, 0, 2]]

    Source: Keras API, layers/IntegerLookup.
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if vocabulary_dtype != "int64":
            raise ValueError(
                "Only `vocabulary_dtype='int64'` is supported at this time. Received: vocabulary_dtype="
                f"{vocabulary_dtype}"
            )
        if oov_method not in ("floormod", "farmhash"):
            raise ValueError(
                "Unknown value for `oov_method` argument of IntegerLookup. Allowed values are: ('floormod', "
                f"'farmhash'). Received: oov_method={oov_method}"
            )
        if salt is not None and oov_method != "farmhash":
            raise ValueError(f"`salt` can only be used when `oov_method='farmhash'`. Received: oov_method={oov_method}")
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
            oov_method,
            salt,
            name,
            **kwargs,
        )
        self.vocabulary_dtype = vocabulary_dtype

    def _as_word(self, value: Any) -> int:
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"The vocabulary of an IntegerLookup holds integers. Received: {value!r}") from error

    def _documents(self, batch: Any) -> list[list[int]]:
        array = batch.detach().cpu().numpy() if isinstance(batch, torch.Tensor) else np.asarray(batch)
        if array.dtype.kind not in "biu":
            array = array.astype(np.int64)
        return rows(array.reshape(-1).tolist(), array.shape)

    def call(self, inputs: Any) -> torch.Tensor:
        """Return the places of integers, or with ``invert`` the integers at places."""
        self._check_ready()
        if holds_texts(inputs):
            raise ValueError(f"IntegerLookup '{self.name}' takes integers. Received strings: use `StringLookup`.")
        x = convert_to_tensor(inputs).long()
        if self.invert:
            values: torch.Tensor = self._on(x.device, "values")
            is_place = (x >= 0) & (x < len(values))
            return torch.where(is_place, values[torch.where(is_place, x, 0)], self.oov_token)
        keys, order = self._on(x.device, "keys")
        found = torch.searchsorted(keys, x.contiguous()).clamp(max=len(keys) - 1)
        is_known = keys[found] == x
        places = torch.where(is_known, order[found], self._place_of_unknown(x))
        if self.mask_token is not None:
            is_masked = x == self.mask_token
            places = torch.where(is_masked, 0 if self._has_mask_place else -1, places)
            is_known = is_known | is_masked
        if not self.num_oov_indices and x.device.type != "meta" and not bool(is_known.all()):
            raise self._unknown_error(x[~is_known].tolist()[:5])
        return self._encoded(places)

    def _place_of_unknown(self, x: torch.Tensor) -> torch.Tensor | int:
        start, count = self._first_place - self.num_oov_indices, self.num_oov_indices
        if count <= 1:
            return start
        if self.oov_method == "floormod":
            return x % count + start
        return bins_of_integers(x, count, self.salt) + start

    def _table(self, name: str, device: torch.device) -> Any:
        if name == "idf":
            return super()._table(name, device)
        if name == "values":
            return torch.tensor(self.get_vocabulary(), dtype=torch.int64, device=device)
        words = torch.tensor(self.get_vocabulary(include_special_tokens=False) or [0], dtype=torch.int64)
        keys, order = words.sort()
        has_words = bool(self._words)
        places = order + self._first_place if has_words else torch.full_like(order, self._first_place - 1)
        return keys.to(device), places.to(device)

    def get_config(self) -> Config:
        return {**super().get_config(), "vocabulary_dtype": self.vocabulary_dtype}
