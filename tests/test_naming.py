"""Names that are unique, and scopes that make paths of them."""

from __future__ import annotations

import pytest

from torchkeras_compat import naming


def test_automatic_names_are_numbered_until_they_are_reset() -> None:
    assert [naming.auto_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    before = naming.names_given()
    naming.pass_over_names({"dense": 2, "gru": 1})
    assert naming.names_given()["dense"] == 5
    assert naming.names_given_since(before) == {"dense": 2, "gru": 1}
    naming.reset_names()
    assert naming.auto_name("dense") == "dense"


def test_a_free_name_is_in_none_of_the_given() -> None:
    assert naming.free_name("slot") == "slot"
    assert naming.free_name("slot", ["other"], {"slot": 0, "slot_2": 0}) == "slot_1"


def test_scopes_are_joined_and_closed_even_after_an_error() -> None:
    with pytest.raises(KeyError), naming.name_scope("a"), naming.name_scope("b"):
        assert naming.current_path() == "a/b"
        raise KeyError
    assert naming.current_path() == ""


@pytest.mark.parametrize("name", ["", "a/b", 3])
def test_a_scope_needs_a_name_without_slashes(name: object) -> None:
    with pytest.raises(ValueError, match=f"name={name!r}"), naming.name_scope(name):  # type: ignore[arg-type]
        pass
