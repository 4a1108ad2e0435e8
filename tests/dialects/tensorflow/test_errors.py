"""The exceptions of `tf.errors`."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow import errors


def test_they_are_what_python_code_catches_too() -> None:
    assert issubclass(errors.InvalidArgumentError, (errors.OpError, ValueError))
    assert issubclass(errors.NotFoundError, FileNotFoundError)
    assert issubclass(errors.UnimplementedError, NotImplementedError)


@pytest.mark.parametrize("args", [("shapes differ",), (None, None, "shapes differ"), (None, None, "shapes differ", 3)])
def test_the_message_is_the_third_argument_or_the_only_one(args: tuple[object, ...]) -> None:
    error = errors.InvalidArgumentError(*args)
    assert error.message == str(error) == "shapes differ"
    assert error.error_code == 3
