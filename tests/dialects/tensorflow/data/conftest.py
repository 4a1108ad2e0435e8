"""What tests of datasets read from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def plain(element: Any) -> Any:
    """An element of ``as_numpy_iterator`` as Python's values."""
    if isinstance(element, tuple):
        return tuple(map(plain, element))
    if isinstance(element, dict):
        return {key: plain(value) for key, value in element.items()}
    return element if isinstance(element, bytes) else np.asarray(element).tolist()


@pytest.fixture
def listed() -> Any:
    """A function that returns the elements of a dataset as a list of Python's values."""
    return lambda dataset: [plain(element) for element in dataset.as_numpy_iterator()]
