"""What modules of this dialect import together."""

from __future__ import annotations

from torchkeras_compat.dialects.tensorflow import tensor
from torchkeras_compat.dialects.tensorflow.boundary import BOUNDARY
from torchkeras_compat.overrides import OVERRIDES


def test_every_name_is_there() -> None:
    assert [name for name in tensor.__all__ if not hasattr(tensor, name)] == []


def test_the_core_knows_the_tensors_of_the_dialect() -> None:
    assert OVERRIDES.tensors is BOUNDARY
