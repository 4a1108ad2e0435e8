"""Strings as layers get them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.layers.preprocessing.texts import StringArray, as_texts, holds_texts


def test_strings_become_arrays_of_python_strings() -> None:
    forms: list[Any] = [
        [["a"], ["b"]],
        np.array([["a"], ["b"]]),
        np.array([[b"a"], [b"b"]]),
        StringArray([["a"], ["b"]]),
    ]
    for form in forms:
        texts = as_texts(form, "Layer")
        assert texts.dtype == object and texts.tolist() == [["a"], ["b"]]
        assert holds_texts(form)
    assert as_texts([], "Layer").shape == (0,)
    assert as_texts(np.array([b"\xe4"]), "Layer", "latin-1").tolist() == ["ä"]


def test_numbers_are_not_strings() -> None:
    assert not any(map(holds_texts, [[1], 1.0, np.zeros(2), np.array([None]), [], None]))
    with pytest.raises(TypeError, match="type int64"):
        as_texts(np.array([1]), "Layer")
