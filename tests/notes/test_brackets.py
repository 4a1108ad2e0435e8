"""Brackets and commas that are missing, or too many."""

from __future__ import annotations

import pytest

from torchkeras_compat.notes.brackets import is_python, with_closed_brackets


@pytest.mark.parametrize(
    ("text", "repaired", "line"),
    [
        ("m.add(Dense(3, input_dim=2)\nm.add(Dense(1))", "m.add(Dense(3, input_dim=2))\nm.add(Dense(1))", 0),
        (
            "m.compile('adam',\n  metrics=['acc']\nm.fit(x)",
            "m.compile('adam',\n  metrics=['acc'])\nm.fit(x)",
            1,
        ),
        ("m = S([\n    D(1),\n    D(2),\n)\n", None, 0),
        ("f(1))\nx = 2", "f(1)\nx = 2", 0),
        ("m.fit(x,\n      epochs=2\n      verbose=0)", "m.fit(x,\n      epochs=2,\n      verbose=0)", 1),
        ("x = = 1", None, 0),
        ("if a:\nb", None, 0),
    ],
)
def test_one_slip_is_repaired_where_all_is_python_then(text: str, repaired: str | None, line: int) -> None:
    found = with_closed_brackets(text)
    assert (found and found[0]) == repaired
    if found:
        assert is_python(found[0])
        assert found[1][0] == line


def test_null_bytes_are_not_python() -> None:
    assert not is_python("a\0b")
