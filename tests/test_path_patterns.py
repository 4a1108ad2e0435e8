"""Patterns of paths: those of a file have a budget, those of the program are `re`'s."""

from __future__ import annotations

import time

import pytest

from torchkeras_compat.errors import FileLimitError
from torchkeras_compat.path_patterns import Steps, matching

PLAIN = [".*/bias", "dense(_[0-9]+)?/kernel", "(encoder|decoder)/.*", "block.?/.*/kernel", ".*", "a{2,3}b"]


@pytest.mark.parametrize("pattern", PLAIN)
@pytest.mark.parametrize("path", ["encoder/dense/bias", "dense_12/kernel", "aab", ""])
def test_usual_patterns_match_within_a_budget_as_without(pattern: str, path: str) -> None:
    assert matching([pattern], path, Steps()) == matching([pattern], path, None)
    assert matching([pattern], path, Steps(), whole=False) == matching([pattern], path, None, whole=False)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$b", "(a|a)*b", "(a*)*b", "(a?){60}b", "(.*)\\1b", "a*a*a*a*a*a*a*b", "(?=(a+)+b)", "(a{1,9}){1,9}b"],
)
@pytest.mark.parametrize("whole", [True, False])
def test_what_may_take_for_ever_is_refused(pattern: str, whole: bool) -> None:
    begun = time.monotonic()
    with pytest.raises(FileLimitError, match="may take for ever"):
        matching([pattern], "a" * 60, Steps(), whole)
    assert time.monotonic() - begun < 5


def test_patterns_of_one_file_share_their_budget() -> None:
    steps = Steps(500)
    with pytest.raises(FileLimitError):
        for _ in range(100):
            matching([".*b"], "aab", steps)


def test_patterns_of_the_program_are_taken_as_they_are() -> None:
    assert matching(["(ab+)+", "(?=a).*"], "abbab", None) == ["(ab+)+", "(?=a).*"]
