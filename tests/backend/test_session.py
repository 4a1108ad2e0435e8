from __future__ import annotations

from torchkeras_compat import backend, naming


def test_clear_session_starts_names_again():
    naming.auto_name("dense")
    assert naming.auto_name("dense") == "dense_1"
    backend.clear_session()
    assert naming.auto_name("dense") == "dense"


def test_names_of_the_namespace_are_loaded_from_where_they_live():
    assert backend.backend() == "torch"
    assert backend.result_type("int8", "uint8") == "int16"
    assert backend.standardize_dtype("half") == "float16"
