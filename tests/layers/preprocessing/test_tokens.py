"""Standardisation, splitting and n-grams, beside values of Keras 3.15.1 with TensorFlow."""

from __future__ import annotations

from torchkeras_compat.layers.preprocessing.tokens import ngrams, split, standardized


def test_punctuation_goes_and_ascii_letters_become_lowercase() -> None:
    text = "!a\"b#c$d%e&f(g)h*i+j,k-l.m/n:o;p<q=r>s?t@u[v\\w]x^y_z`A{B|C}D~E'F"
    assert standardized(text, "lower_and_strip_punctuation") == "abcdefghijklmnopqrstuvwxyzabcdef"
    assert standardized("ÄÖ Über, ΑΣ", "lower_and_strip_punctuation") == "ÄÖ Über ΑΣ"
    assert standardized("It's.", "lower") == "it's." and standardized("It's.", "strip_punctuation") == "Its"


def test_only_ascii_white_space_splits() -> None:
    assert split("  café\tx\ny\u00a0z ", "whitespace") == ["café", "x", "y\u00a0z"]
    assert split("", "whitespace") == split("", "character") == []


def test_ngrams_come_size_by_size() -> None:
    assert ngrams(["a", "b", "c"], (2, 3)) == ["a b", "b c", "a b c"]
    assert ngrams(["a"], (2,)) == []
