"""Which names are of which kind."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("CustomScaleLayer", "keras.src.applications.inception_resnet_v2"),
        ("LayerScale", "keras.src.applications.convnext"),
        ("StochasticDepth", "keras.src.applications.convnext"),
    ],
)
def test_layers_behind_models_are_found_and_have_the_module_of_keras(name: str, module: str) -> None:
    found = kinds.find("layers", name, "applications.convnext")
    assert found.__name__ == name
    assert kinds.module_in_files(found) == module
    assert kinds.module_in_files(type(name, (found,), {})) is None
    assert kinds.module_in_files(layers.Dense) is None
    assert kinds.find("losses", name) is None
    assert name not in set(kinds.names("layers"))


def test_a_class_is_found_in_snake_case_and_under_its_name_in_files() -> None:
    assert kinds.find("layers", "batch_normalization") is layers.BatchNormalization
    assert kinds.find("layers", "GroupedQueryAttention") is layers.GroupQueryAttention


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, table in kinds._BEHIND.items() for name in table])
def test_what_is_behind_is_found_as_its_kind_and_as_no_other(kind: str, name: str) -> None:
    found = kinds.find(kind, name)
    assert found is not None and found.__name__ == name
    if isinstance(found, type):
        assert kinds.is_of(kind, found)
        assert kinds.module_in_files(found) == kinds._BEHIND[kind][name][1]
    others = set(kinds.KINDS) - set(kinds._BEHIND) | {k for k, table in kinds._BEHIND.items() if name not in table}
    assert [k for k in others if kinds.find(k, name) is not None] == []
