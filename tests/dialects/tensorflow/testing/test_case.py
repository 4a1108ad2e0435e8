"""`tf.test.TestCase`."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.testing import case as module
from torchkeras_compat.dialects.tensorflow.testing.case import TestCase
from torchkeras_compat.dialects.tensorflow.variable import Variable


@pytest.fixture
def case() -> Any:
    """A test case."""

    class Case(TestCase):
        def runTest(self) -> None:
            pass

    return Case()


x = constant([1.0, 2.0])


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("assertAllClose", (x, [1.0, 2.0]), (x, [1.0, 3.0])),
        ("assertAllClose", ({"a": [x, x]}, {"a": [x, x]}), ({"a": [x]}, {"a": [x + 1]})),
        ("assertAllCloseAccordingToType", (x, x + 1e-7), (x, x + 1)),
        ("assertNotAllClose", (x, x + 1), (x, x)),
        ("assertAllEqual", (x, [1, 2]), (x, [1, 2, 3])),
        ("assertNotAllEqual", (x, [1, 3]), (x, [1, 2])),
        ("assertNear", (1.0, 1.05, 0.1), (1.0, 1.2, 0.1)),
        ("assertArrayNear", ([1.0], [1.05], 0.1), ([1.0], [1.2], 0.1)),
        ("assertNDArrayNear", (np.ones(1), np.ones(1), 0.1), (np.ones(1), np.zeros(1), 0.1)),
        ("assertAllGreater", (x, 0), (x, 1)),
        ("assertAllGreaterEqual", (x, 1), (x, 2)),
        ("assertAllLess", (x, 3), (x, 2)),
        ("assertAllLessEqual", (x, 2), (x, 1)),
        ("assertAllInRange", (x, 1, 2), (x, 1, 2, True)),
        ("assertAllInSet", (x, {1, 2}), (x, {1})),
        ("assertShapeEqual", (x, np.ones(2)), (x, np.ones(3))),
        ("assertDTypeEqual", (x, np.float32), (x, np.int32)),
        ("assertLen", ([1], 1), ([1], 2)),
        ("assertEmpty", ([],), ([1],)),
        ("assertNotEmpty", ([1],), ([],)),
        ("assertBetween", (1, 0, 2), (3, 0, 2)),
        ("assertStartsWith", ("abc", "ab"), ("abc", "b")),
    ],
)
def test_assertions(case: Any, name: str, good: Any, bad: Any) -> None:
    getattr(case, name)(*good)
    with pytest.raises(AssertionError):
        getattr(case, name)(*bad)


def test_half_precision_is_less_near(case: Any) -> None:
    half = constant([1.0], "float16")
    case.assertAllClose(half, half + 1e-3)
    case.assertAllCloseAccordingToType(constant([1.0], "bfloat16"), constant([1.008], "bfloat16"))


def test_around_tests(case: Any) -> None:
    case.setUp()
    with case.session() as session:
        assert session.evaluate({"a": Variable(1.0), "b": [x, 3]})["b"][0].tolist() == [1.0, 2.0]
    assert case.get_temp_dir()
    with case.assertRaisesOpError("bad"):
        raise InvalidArgumentError("bad")
    with pytest.raises(AssertionError), case.assertRaisesOpError("good"):
        raise InvalidArgumentError("bad")
    assert not TestCase.__test__
    case.doCleanups()


def test_main_runs_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(unittest, "main", lambda argv=None: seen.append(argv))
    module.main(["x"])
    assert seen == [["x"]]
