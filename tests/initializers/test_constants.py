"""Initializers that draw nothing."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch

from tests.initializers.against_keras import InitializerChecks
from torchkeras_compat import initializers


class TestConstants(InitializerChecks):
    names: ClassVar[list[str]] = ["Ones", "Zeros", "Constant", "Identity"]
    cases: ClassVar[list[tuple[str, dict[str, Any]]]] = [("Constant", {"value": 2.5}), ("Ones", {}), ("Zeros", {})]


def test_what_keras_cannot_restore():
    # Keras leaves `gain` out of the config, and makes no `Constant` from its name.
    assert torch.equal(
        initializers.deserialize(initializers.serialize(initializers.Identity(2.0)))((1, 1)), torch.full((1, 1), 2.0)
    )
    assert initializers.get("constant").value == 0.0


def test_a_constant_may_have_axes():
    assert initializers.Constant([1.0, 2.0])((3, 2)).tolist() == [[1.0, 2.0]] * 3


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"shape=\(3,\)"):
        initializers.Identity()((3,))
