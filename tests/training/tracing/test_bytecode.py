"""Calls of `getattr` in bytecode."""

from __future__ import annotations

import dis

import pytest

from torchkeras_compat.training.tracing.bytecode import constant_attribute, is_called

NAME = "scale"


def looks(x, y=None, name=NAME):
    return x


CALLS = {
    "constant": (lambda x: getattr(x, "scale"), "scale"),  # noqa: B009
    "default": (lambda x: getattr(x, "scale", None), "scale"),
    "call before": (lambda x: getattr(looks(x, x), "scale", looks(x)), "scale"),
    "item before": (lambda x: getattr(x.a[0].b, "scale"), "scale"),  # noqa: B009
    "has": (lambda x: hasattr(x, "scale"), "scale"),
    "global": (lambda x: getattr(x, NAME), None),
    "computed": (lambda x: getattr(x, "sca" + NAME), None),
    "method": (lambda x: getattr(x, "Scale".lower()), None),
    "formatted": (lambda x: getattr(x, f"scale_{x}"), None),
    "branch": (lambda x: getattr(x, "a" if x else "b"), None),
    "branch before": (lambda x: getattr(x if x else looks, "scale"), None),  # noqa: B009
    "default of a branch": (lambda x: getattr(x, "scale", 1 if x else 2), None),
    "handed on": (lambda x: looks(getattr, x, "scale"), None),
    "no name": (lambda x: getattr(x, "not a name"), None),
    "stars": (lambda x: getattr(*x), None),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_name_of_an_attribute_is_found_where_it_is_a_constant(name):
    function, expected = CALLS[name]
    instructions = list(dis.get_instructions(function))
    (place,) = [i for i, found in enumerate(instructions) if found.argval in ("getattr", "hasattr")]
    assert constant_attribute(instructions, place) == expected


def test_what_is_called_is_not_what_is_handed_on():
    def calls():
        return len("a")

    def hands_on():
        return map(len, "a")

    found = [next(i for i in dis.get_instructions(f) if i.argval == "len") for f in (calls, hands_on)]
    assert list(map(is_called, found)) == [True, False]
