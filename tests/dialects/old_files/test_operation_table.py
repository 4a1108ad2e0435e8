"""Operations of TensorFlow's graphs, and the functions that they are."""

from __future__ import annotations

import inspect

from torchkeras_compat.dialects.old_files.operation_table import _rows, row_of
from torchkeras_compat.dialects.saved_functions import function_at


def test_every_row_names_a_function_and_arguments_that_it_has():
    for op in _rows():
        row = row_of(op)
        parameters = inspect.signature(function_at(row.path)[0]).parameters
        changed = {"explicit_paddings", "all_dilations"}
        assert {*row.inputs, *row.attributes.values(), *row.fixed} <= {*parameters, *changed}, op


def test_inputs_are_those_of_the_function_or_of_the_row():
    assert row_of("Mean").inputs[:2] == ("input_tensor", "axis")
    assert row_of("Split").inputs == ("axis", "value")
    assert row_of("ConcatV2").gathers == "values"


def test_what_is_unknown_has_no_row():
    assert row_of("PyFunc") is None
    assert row_of("") is None


def test_ones_and_zeros_of_one_hot_are_left_to_the_dtype():
    given = {"indices": "x", "on_value": 1.0, "off_value": 0.0, "dtype": "float64"}
    row_of("OneHot").change(given)
    assert given == {"indices": "x", "dtype": "float64"}
    given = {"on_value": 2.0, "off_value": 0.0, "dtype": "float64"}
    row_of("OneHot").change(given)
    assert given["on_value"] == {"class_name": "__tensor__", "config": {"value": 2.0, "dtype": "float64"}}
