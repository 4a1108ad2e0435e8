"""`keras` as a program finds it that has not imported it yet, whatever other tests did."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from torchkeras_compat.dialects.install import ROOTS, Installation, install_as_keras


@pytest.fixture
def nothing_imported() -> Iterator[None]:
    """No keras and no tensorflow in this process."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    yield
    for name in list(sys.modules):
        if name.partition(".")[0] in ROOTS:
            del sys.modules[name]
    sys.modules.update(hidden)


@pytest.fixture
def installed(nothing_imported: None) -> Iterator[Installation]:
    """`keras` means this package."""
    with install_as_keras() as installation:
        yield installation


# Spellings of layers and functions that the core does not have yet: the tables are ready, what they lead to is not.
WAITING = (
    "test_callbacks_watch_accuracy_by_its_old_name",
    "test_all_ways_to_import_agree",
    "test_a_star_import_brings_the_public_names",
    "test_a_layer_of_keras_1_is_that_of_keras_3[old1-new1]",
    "test_a_layer_of_keras_1_is_that_of_keras_3[old2-new2]",
    "test_a_layer_of_keras_1_is_that_of_keras_3[old4-new4]",
    "test_a_layer_of_keras_1_is_that_of_keras_3[old7-new7]",
    "test_separate_kernel_sizes_may_stand_without_names",
    "test_imports_of_old_notes_work",
    "test_a_functional_model_of_keras_1_and_merge",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.name in WAITING and "dialects" in item.nodeid:
            reason = "leads to layers or functions that are not built yet"
            item.add_marker(pytest.mark.xfail(reason=reason, raises=(AttributeError, ImportError)))
