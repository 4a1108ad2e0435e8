"""Where the config comes from that is being read."""

from __future__ import annotations

from torchkeras_compat import path_patterns
from torchkeras_compat.plugins.config_source import file_name, is_file, own_config, reading_config, reading_file


def test_a_file_is_read_inside_its_scope_within_one_budget_for_patterns() -> None:
    assert not is_file() and file_name() is None and path_patterns.reading.get() is None
    with reading_file("a.keras"):
        budget = path_patterns.reading.get()
        assert is_file() and budget is not None
        with reading_file("part.h5"):
            assert file_name() == "part.h5" and path_patterns.reading.get() is budget
        assert file_name() == "a.keras"
    assert not is_file() and path_patterns.reading.get() is None


def test_a_config_of_the_program_is_read_like_a_file_unless_it_is_part_of_one() -> None:
    with reading_config():
        assert file_name() == "the config"
    with reading_file("a.keras"), reading_config():
        assert file_name() == "a.keras"


def test_the_config_of_a_live_object_is_not_a_file_even_inside_of_one() -> None:
    with reading_file("a.keras"), own_config():
        assert not is_file() and path_patterns.reading.get() is None
        with reading_config():
            assert not is_file()
