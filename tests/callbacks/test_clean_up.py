"""Steps that run when a scope ends, whatever one of them raises."""

from __future__ import annotations

import pytest

from torchkeras_compat.callbacks.clean_up import CleanUp


def fails(error):
    def step():
        raise error

    return step


@pytest.mark.parametrize("of_the_scope", [None, ValueError("of the scope"), KeyboardInterrupt("of the scope")])
def test_all_steps_run_and_the_first_error_stays(of_the_scope):
    done, heard, first, second = [], [], OSError("first"), KeyboardInterrupt("second")
    steps = (lambda: done.append(1), fails(first), lambda: done.append(2), fails(second), lambda: done.append(3))
    with pytest.raises(BaseException) as raised, CleanUp(*steps, on_error=heard.append):
        if of_the_scope is not None:
            raise of_the_scope
    assert raised.value is (of_the_scope or first) and done == [1, 2, 3]
    assert heard == ([of_the_scope] if of_the_scope else [])
    others = [first, second] if of_the_scope else [second]
    assert raised.value.__notes__ == [f"Cleaning up after it raised another error: {error!r}" for error in others]


def test_a_generator_that_nobody_wants_more_of_is_not_an_error():
    heard, done = [], []

    def numbers(*steps):
        with CleanUp(lambda: done.append("closed"), *steps, on_error=heard.append):
            yield 1
            yield 2

    found = numbers()
    next(found)
    found.close()
    assert heard == [] and done == ["closed"]
    found = numbers(fails(OSError("full")))
    next(found)
    with pytest.raises(OSError, match="full"):
        found.close()
