"""Members, constructors and methods of the public classes, and all functions: as Keras has them, or with a reason."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

import torchkeras_compat
from tests.integration.public_members import Walk, differences, missing, other_defaults, parameters


@pytest.fixture(scope="module")
def found(real_keras) -> dict[str, str]:
    return Walk(real_keras, torchkeras_compat).everything()


@pytest.mark.slow
def test_what_keras_has_is_here_or_has_a_reason(found):
    patterns = [pattern for entry in differences() for pattern in entry["paths"]]
    new = {path: text for path, text in found.items() if not any(fnmatchcase(path, p) for p in patterns)}
    assert not new, "repair these, or list them with the reason in tests/member_differences.toml"


@pytest.mark.slow
def test_every_listed_difference_is_one(found):
    for entry in differences():
        assert entry["reason"].strip("? ")
        if not entry.get("pending"):
            for pattern in entry["paths"]:
                assert any(fnmatchcase(path, pattern) for path in found), f"{pattern} differs no longer"


def problems(theirs, ours, is_constructor=False):
    a, b = parameters(theirs), parameters(ours)
    return [*missing(a, b, is_constructor), *other_defaults(a, b)]


def test_the_walk_sees_each_way_to_differ():
    assert not problems(lambda a, b=1, *, c=2: 0, lambda a=3, b=1, d=4, *, c=2, e=5: 0)
    assert problems(lambda a, b: 0, lambda b, a: 0) == ["places"]
    assert problems(lambda a: 0, lambda: 0) == ["`a`", "places"]
    assert problems(lambda *, a=1: 0, lambda *, a=2: 0) == ["`a` is 2, not 1"]
    assert problems(lambda a, **kwargs: 0, lambda a: 0, is_constructor=True) == ["**kwargs"]
    assert not problems(lambda size=(2, 2): 0, lambda size=2: 0)
