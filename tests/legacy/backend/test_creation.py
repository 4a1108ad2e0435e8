from __future__ import annotations

from torchkeras_compat.legacy.backend.creation import creations_repeated, made_before
from torchkeras_compat.legacy.backend.variables import variable, zeros


def test_what_was_made_first_is_made_again() -> None:
    made: list = []
    with creations_repeated(made):
        first = [zeros((2,)), variable(1.0)]
    with creations_repeated(made):
        again = [zeros((2,)), variable(5.0), variable(7.0)]
    assert again[0] is first[0] and again[1] is first[1] and len(made) == 3
    assert made_before() is None
