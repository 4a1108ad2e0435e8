"""`tf.test.TestCase`: assertions on tensors and arrays."""

from __future__ import annotations

import contextlib
import re
import tempfile
import unittest
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import OpError
from torchkeras_compat.random.seeding import set_random_seed
from torchkeras_compat.tree import map_structure
from torchkeras_compat.variables import Variable

_HALF = ("float16", "bfloat16")


def _array(x: Any) -> np.ndarray:
    return np.asarray(x.numpy() if hasattr(x, "numpy") and not isinstance(x, np.ndarray) else x)


class TestCase(unittest.TestCase):
    """Base of test cases with assertions on tensors. Each test begins with the same random seed."""

    __test__ = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def setUp(self) -> None:
        """Set the random seed."""
        super().setUp()
        set_random_seed(87654321)

    def get_temp_dir(self) -> str:
        """Return a directory that is removed after the test."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return directory.name

    def evaluate(self, tensors: Any) -> Any:
        """Return tensors and variables, in nested structures, as arrays."""
        return map_structure(lambda x: x.numpy() if isinstance(x, Variable) or hasattr(x, "numpy") else x, tensors)

    @contextlib.contextmanager
    def session(self, *args: Any, **kwargs: Any) -> Iterator[TestCase]:
        """Stand for a session: everything runs at once."""
        yield self

    cached_session = test_session = session

    # -- near and equal --------------------------------------------------------------------------------------------

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Assert that values, in nested structures too, differ by at most ``atol + rtol * |b|``."""
        if isinstance(a, dict):
            self.assertEqual(sorted(a), sorted(b), msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, f"{msg or ''} [{key}]")
        elif isinstance(a, (list, tuple)) and a and not np.isscalar(a[0]) and len(a) == len(b):
            for i, (x, y) in enumerate(zip(a, b, strict=True)):
                self.assertAllClose(x, y, rtol, atol, f"{msg or ''} [{i}]")
        else:
            x, y = _array(a), _array(b)
            self.assertEqual(x.shape, y.shape, f"Shape mismatch: {x.shape} and {y.shape}. {msg or ''}")
            if "float16" in (x.dtype.name, y.dtype.name):
                rtol, atol = max(rtol, 1e-3), max(atol, 1e-3)
            np.testing.assert_allclose(x, y, rtol=rtol, atol=atol, err_msg=msg or "")

    def assertAllCloseAccordingToType(
        self,
        a: Any,
        b: Any,
        rtol: float = 1e-6,
        atol: float = 1e-6,
        float_rtol: float = 1e-6,
        float_atol: float = 1e-6,
        half_rtol: float = 1e-3,
        half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2,
        bfloat16_atol: float = 1e-2,
        msg: str | None = None,
    ) -> None:
        """Assert that values are near, with tolerances for each dtype."""
        names = {_array(x).dtype.name for x in (a, b)}
        is_half = "float16" in names
        if any(isinstance(x, torch.Tensor) and x.dtype == torch.bfloat16 for x in (a, b)):
            rtol, atol = max(rtol, bfloat16_rtol), max(atol, bfloat16_atol)
        elif is_half:
            rtol, atol = max(rtol, half_rtol), max(atol, half_atol)
        elif "float32" in names:
            rtol, atol = max(rtol, float_rtol), max(atol, float_atol)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Assert that some values are not near."""
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        raise AssertionError(f"{msg or ''} The values are close at all elements.")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Assert that all values are equal."""
        x, y = _array(a), _array(b)
        self.assertEqual(x.shape, y.shape, f"Shape mismatch: {x.shape} and {y.shape}. {msg or ''}")
        np.testing.assert_array_equal(x, y, err_msg=msg or "")

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Assert that some values differ."""
        if np.array_equal(_array(a), _array(b)):
            raise AssertionError(f"{msg or ''} The values are equal at all elements.")

    def assertNear(self, f1: Any, f2: Any, err: float, msg: str | None = None) -> None:
        """Assert that two numbers differ by at most ``err``."""
        self.assertTrue(f1 == f2 or abs(float(f1) - float(f2)) <= err, f"{f1!r} != {f2!r} +/- {err}. {msg or ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: str | None = None) -> None:
        """Assert that pairs of numbers differ by at most ``err``."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for a, b in zip(farray1, farray2, strict=True):
            self.assertNear(a, b, err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: str | None = None) -> None:
        """Assert that the norm of the difference is at most ``err``."""
        self.assertTrue(float(np.linalg.norm(_array(ndarray1) - _array(ndarray2))) < err, msg)

    # -- limits ----------------------------------------------------------------------------------------------------

    def _assert_all(self, holds: Any, what: str, a: Any) -> None:
        self.assertTrue(bool(np.all(holds)), f"Not all values are {what}: {_array(a)!s:.300}")

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Assert that all values are greater."""
        self._assert_all(_array(a) > comparison_target, f"> {comparison_target}", a)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """Assert that all values are greater or equal."""
        self._assert_all(_array(a) >= comparison_target, f">= {comparison_target}", a)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Assert that all values are less."""
        self._assert_all(_array(a) < comparison_target, f"< {comparison_target}", a)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """Assert that all values are less or equal."""
        self._assert_all(_array(a) <= comparison_target, f"<= {comparison_target}", a)

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """Assert that all values lie between two, which are allowed unless a bound is open."""
        x = _array(target)
        low = x > lower_bound if open_lower_bound else x >= lower_bound
        high = x < upper_bound if open_upper_bound else x <= upper_bound
        self._assert_all(low & high, f"in [{lower_bound}, {upper_bound}]", target)

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Assert that all values are among those of a set."""
        self._assert_all(np.isin(_array(target), list(expected_set)), f"in {expected_set}", target)

    # -- shapes and dtypes -----------------------------------------------------------------------------------------

    def assertShapeEqual(self, input_a: Any, input_b: Any, msg: str | None = None) -> None:
        """Assert that shapes are equal."""
        self.assertEqual(tuple(input_a.shape), tuple(input_b.shape), msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """Assert that values have a dtype."""
        self.assertEqual(_array(target).dtype, np.dtype(getattr(expected_dtype, "as_numpy_dtype", expected_dtype)))

    # -- containers, as of absl ------------------------------------------------------------------------------------

    def assertLen(self, container: Any, expected_len: int, msg: str | None = None) -> None:
        """Assert that a container has a length."""
        self.assertEqual(len(container), expected_len, msg)

    def assertEmpty(self, container: Any, msg: str | None = None) -> None:
        """Assert that a container is empty."""
        self.assertEqual(len(container), 0, msg)

    def assertNotEmpty(self, container: Any, msg: str | None = None) -> None:
        """Assert that a container is not empty."""
        self.assertGreater(len(container), 0, msg)

    def assertBetween(self, value: Any, minv: Any, maxv: Any, msg: str | None = None) -> None:
        """Assert that a value lies between two, or is one of them."""
        self.assertTrue(minv <= value <= maxv, msg or f"{value!r} unexpectedly not between {minv!r} and {maxv!r}")

    def assertStartsWith(self, actual: str, expected_start: str, msg: str | None = None) -> None:
        """Assert that a text begins with another."""
        self.assertTrue(actual.startswith(expected_start), msg or f"{actual!r} does not start with {expected_start!r}")

    @contextlib.contextmanager
    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Iterator[None]:
        """Assert that an error of TensorFlow is raised whose text matches."""
        with self.assertRaises(OpError) as caught:
            yield
        expected = expected_err_re_or_predicate
        fits = expected(caught.exception) if callable(expected) else re.search(expected, str(caught.exception))
        self.assertTrue(fits, f"{caught.exception} does not match {expected}")


def main(argv: Any = None) -> None:
    """Run the tests of the module that was started."""
    unittest.main(argv=argv)
