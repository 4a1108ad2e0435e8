"""The note of our own, run as `torchkeras-compat run` runs it: it prints what it says, and learns."""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.cli.main import main
from torchkeras_compat.dialects.install import ROOTS

NOTE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-network.md"


@pytest.fixture(scope="module")
def printed() -> str:
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = main(["run", str(NOTE)])
    sys.modules.update(hidden)
    assert status == 0
    return out.getvalue()


def test_it_prints_the_outputs_that_it_shows(printed: str) -> None:
    shown = re.findall(r"```text\n(.*?)\n```", NOTE.read_text(), flags=re.DOTALL)
    assert len(shown) == 4
    position = 0
    for output in shown:
        position = printed.find(output, position)
        assert position >= 0, output


def test_the_loss_falls_from_about_one_to_about_four_tenths(printed: str) -> None:
    history = ast.literal_eval(re.search(r"^\{.*\}$", printed, flags=re.MULTILINE)[0])
    assert list(history) == ["accuracy", "loss"] or set(history) == {"accuracy", "loss"}
    loss = history["loss"]
    assert len(loss) == 5
    assert 0.8 < loss[0] < 1.3 and 0.25 < loss[-1] < 0.55
    assert all(later < earlier for earlier, later in itertools.pairwise(loss))
    assert history["accuracy"][-1] > 0.6


def test_the_evaluation_is_a_loss_and_an_accuracy(printed: str) -> None:
    loss, accuracy = ast.literal_eval(re.search(r"^\[\d\.\d+(e-\d+)?, \d\.\d+\]$", printed, flags=re.MULTILINE)[0])
    assert 0.1 < loss < 0.6 and accuracy > 0.8


def test_the_new_flowers_are_of_the_classes_0_2_1(printed: str) -> None:
    text = re.search(r"array\((\[\[.*?\]\]),\s*dtype=float32\)", printed, flags=re.DOTALL)[1]
    probabilities = np.array(ast.literal_eval(text))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), [0, 2, 1])
    assert "[0 2 1]" in printed
