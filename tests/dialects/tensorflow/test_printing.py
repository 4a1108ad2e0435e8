"""`tf.print` (texts of TensorFlow 2.15)."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.creation import constant, range, zeros
from torchkeras_compat.dialects.tensorflow.printing import print as tf_print
from torchkeras_compat.dialects.tensorflow.variable import Variable
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1 / 3, constant(1 / 3), constant([1.0, 2.5])), "0.3333333333333333 0.333333343 [1 2.5]"),
        (("abc", constant("s"), constant(["a", "b"])), 'abc "s" ["a" "b"]'),
        ((range(10), range(6), range(7)), "[0 1 2 ... 7 8 9] [0 1 2 3 4 5] [0 1 2 ... 4 5 6]"),
        ((constant([[0, 1], [2, 3]]),), "[[0 1]\n [2 3]]"),
        ((zeros((1, 2, 2)),), "[[[0 0]\n  [0 0]]]"),
        (([1, constant(2.0)], {"a": constant(1)}, (1, 2)), "[1, 2] {'a': 1} (1, 2)"),
        ((constant(True), True, None, Variable(1.5)), "1 True None 1.5"),
        ((constant(1e10), constant(1e-5), constant(123456789.0)), "1e+10 1e-05 123456792"),
        ((constant(0.1, "float64"), constant(float("nan")), constant(float("inf"))), "0.1 nan inf"),
        ((np.array([1.0, 2.0]),), "array([1., 2.])"),
    ],
)
def test_texts(values: Any, text: str) -> None:
    stream = io.StringIO()
    tf_print(*values, output_stream=stream)
    assert stream.getvalue() == text + "\n"


def test_options(capsys: pytest.CaptureFixture[str], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tf_print(range(5), "b", summarize=1, sep="|", end="!\n")
    tf_print(range(8), summarize=-1)
    assert capsys.readouterr().err == "[0 ... 4]|b!\n[0 1 2 3 4 5 6 7]\n"
    tf_print("a", output_stream=f"file://{tmp_path}/x.txt")
    assert (tmp_path / "x.txt").read_text() == "a\n"
    tf_print("b", output_stream=logging.warning)
    assert "b" in caplog.text
    tf_print(KerasTensor((1,), name="k"))
    assert "KerasTensor" in capsys.readouterr().err
    with pytest.raises(ValueError, match="stdout"):
        tf_print("a", output_stream="stdout")
