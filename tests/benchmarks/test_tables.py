from __future__ import annotations

from tests.benchmarks.tables import comparison, figures, section

ROWS = [
    ("small", {"torch": [1.0, 2.0], "ours": [0.5, 1.0], "keras-jax": [2.0, 4.0]}),
    ("large", {"torch": [4.0, 4.0], "ours": [8.0, 8.0]}),
]


def test_figures_have_a_column_for_each_engine_that_ran():
    assert figures("ms", ROWS, 1).splitlines() == [
        "| ms | plain loop, loss of logits | torchkeras_compat | Keras on JAX |",
        "| --- | ---: | ---: | ---: |",
        "| small | 1.5 (1.2–1.8) | 0.8 (0.6–0.9) | 3.0 (2.5–3.5) |",
        "| large | 4.0 | 8.0 | – |",
    ]


def test_a_comparison_divides_within_each_round():
    assert comparison(ROWS).splitlines()[2:] == [
        "| small | 0.50 | 2.00 |",
        "| large | 2.00 | – |",
        "| **geometric mean** | 1.00 | 2.00 |",
    ]


def test_a_comparison_with_another_engine_has_the_rows_of_it():
    found = comparison(ROWS, base="keras-jax", only=("ours",)).splitlines()
    assert found == ["| divided by: Keras on JAX | torchkeras_compat |", "| --- | ---: |", "| small | 0.25 |"]


def test_what_nobody_ran_has_no_table():
    assert figures("ms", [("small", {})]) == "" == comparison([("small", {})])
    assert comparison(ROWS[1:], base="keras-jax") == ""
    assert section("Title", "", "text\n") == "## Title\n\ntext\n"
