from __future__ import annotations

import pytest

from torchkeras_compat.dialects.dialect import DIALECTS, KERAS3, TF_KERAS, dialect_named, from_here_on


def test_a_dialect_knows_the_signatures_of_its_version() -> None:
    assert list(dialect_named("keras1").signature("layers.Dropout").defaults) == ["p", "noise_shape", "seed"]
    assert dialect_named("keras2").signature("layers.MaxoutDense") is None
    assert dialect_named("keras3").signature("layers.Dense") is None


def test_later_spellings_belong_to_it_too() -> None:
    assert from_here_on("tf.keras") == (TF_KERAS, KERAS3)
    assert len(from_here_on("keras1")) == len(DIALECTS)


def test_others_are_refused() -> None:
    with pytest.raises(ValueError, match="A dialect is one of"):
        dialect_named("theano")
