"""Which names are of which kind."""

from __future__ import annotations

import subprocess
import sys

from torchkeras_compat import kinds, layers
from torchkeras_compat.models.functional import Functional


def test_a_class_without_a_public_name_is_found_as_the_kind_that_it_is_given_for() -> None:
    assert kinds.find("layers", "Functional") is Functional
    assert all(kinds.find(kind, "Functional") is None for kind in kinds.KINDS if kind != "layers")
    assert "Functional" not in set(kinds.names("layers"))


def test_it_is_found_by_a_program_that_has_imported_nothing_else() -> None:
    code = "from torchkeras_compat import kinds; print(kinds.find('layers', 'Functional').__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["Functional"], done.stderr


def test_a_class_is_found_in_snake_case_and_under_its_name_in_files() -> None:
    assert kinds.find("layers", "batch_normalization") is layers.BatchNormalization
    assert kinds.find("layers", "GroupedQueryAttention") is layers.GroupQueryAttention
