"""What the name of an array in a file says: of which layer it is, and which of its weights."""

from __future__ import annotations

import re
from typing import NamedTuple

# Keras 1 joined the names of layer and weight: "lstm_1_W_i".
_OF_KERAS_1 = re.compile(
    r"(?P<owner>[^/]+?)_(?P<part>[WUb](?:_[a-z]+)?|gamma|beta|running_mean|running_std|alphas|betas|depthwise_kernel"
    r"|pointwise_kernel|[ta]_(?:left|right))(?:_\d+)?"
)
_PARTS = frozenset(
    "kernel recurrent_kernel bias depthwise_kernel pointwise_kernel embeddings gamma beta moving_mean"
    " moving_variance alpha".split()
)
_TODAY = {"running_mean": "moving_mean", "running_std": "moving_variance", "alphas": "alpha"}


class ArrayName(NamedTuple):
    """The two halves of a name.

    Args:
        owner: The layer, with what it lies in: ``"bidirectional/forward_lstm"``.
        part: Which weight it is, ``"kernel"``, as Keras 3 calls it; None if the name does not say.
    """

    owner: str
    part: str | None


def array_name(text: str) -> ArrayName:
    """Return what a name in ``weight_names`` says.

    Example:
        >>> array_name("model/dense_1/kernel:0")
        ArrayName(owner='model/dense_1', part='kernel')
        >>> array_name("batchnormalization_1_running_std:0")
        ArrayName(owner='batchnormalization_1', part='moving_variance')
        >>> array_name("param_0")
        ArrayName(owner='', part=None)
    """
    plain = re.sub(r":\d+$", "", text)
    owner, _, last = plain.rpartition("/")
    found = _OF_KERAS_1.fullmatch(last) if not owner or owner.rpartition("/")[2] == last else None
    if found is not None:
        owner, last = found["owner"], found["part"]
    last = re.sub(r"_\d+$", "", last)
    part = _TODAY.get(last, last)
    return ArrayName(owner, part if part in _PARTS else None)


def in_order_of(parts: list[str | None], names: list[str]) -> list[int] | None:
    """Return the positions of arrays in the order of ``names``, if their parts are these names in any order.

    Args:
        parts: Which weight each array is, see :class:`ArrayName`.
        names: Names of the weights of a layer.

    Example:
        >>> in_order_of(["beta", "gamma"], ["gamma", "beta"]), in_order_of(["beta", None], ["gamma", "beta"])
        ([1, 0], None)
    """
    if len(set(names)) != len(names) or sorted(map(str, parts)) != sorted(names):
        return None
    return [parts.index(name) for name in names]
