"""Which function a frame runs."""

from __future__ import annotations

import functools
import sys

import pytest

from torchkeras_compat.training.tracing.running_function import function_of, inner_codes


def found_in(call, code):
    found = []

    def see(frame, event, argument):
        if event == "call" and frame.f_code is code:
            found.append(function_of(frame))

    sys.setprofile(see)
    try:
        call()
    finally:
        sys.setprofile(None)
    return found


class Thing:
    def method(self):
        return 1

    @property
    def shown(self):
        return 1

    @staticmethod
    def static(x):
        return x


Thing.other_name = lambda self: 1


class Holder:
    def __init__(self, function):
        self.function = function

    def run(self):
        return self.function()


def make(value):
    def inner():
        return value

    return inner


def test_methods_and_properties_are_found_in_their_class():
    thing = Thing()
    (found,) = found_in(thing.method, Thing.method.__code__)
    assert (found.value, found.namespace["method"], found.name) == (Thing.method, Thing.method, "method")
    (found,) = found_in(lambda: thing.shown, Thing.shown.fget.__code__)
    assert found.name == "shown"
    (found,) = found_in(lambda: thing.other_name(), Thing.other_name.__code__)
    assert found.name == "other_name"


def test_functions_are_found_at_their_caller():
    one, two = make(1), make(2)
    holders = [Holder(one), Holder(two)]
    found = found_in(lambda: [holder.run() for holder in holders], one.__code__)
    assert [each.value for each in found] == [one, two]


def test_so_is_a_partial_around_one():
    partial = functools.partial(make(1))
    (found,) = found_in(Holder(partial).run, partial.func.__code__)
    assert found.value is partial


def test_of_two_closures_none_is_guessed():
    one, two = make(1), make(2)

    def run():
        return one, two()

    assert found_in(run, one.__code__) == [None]


@pytest.mark.parametrize("names", [("inner",)])
def test_code_in_code(names):
    assert tuple(code.co_name for code in inner_codes(make.__code__)) == names
    assert len(list(inner_codes(test_of_two_closures_none_is_guessed.__code__))) == 1
