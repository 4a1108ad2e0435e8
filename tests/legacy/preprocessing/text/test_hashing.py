from __future__ import annotations

import pytest

from torchkeras_compat.legacy.preprocessing.text.hashing import hashing_trick, one_hot


def test_md5_numbers_are_those_of_keras():
    assert hashing_trick("the quick brown fox", 100, "md5") == [51, 13, 19, 11]  # tf.keras 2.15.1


def test_words_get_numbers_below_n():
    assert hashing_trick("a b", 10, len) == [2, 2]
    assert hashing_trick("a b", 10, lambda word: ord(word), analyzer=lambda text: ["c"]) == [ord("c") % 9 + 1]
    numbers = one_hot("to be or not to be", 12)
    assert numbers[:2] == numbers[4:] and all(1 <= number < 12 for number in numbers)
    assert one_hot(text="a", n=5) == one_hot("a", 5) == hashing_trick("a", 5)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="n=1"):
        hashing_trick("a", 1)
    with pytest.raises(ValueError, match="'sha1'"):
        hashing_trick("a", 9, "sha1")
    with pytest.raises(TypeError, match="n=None"):
        one_hot("a")
