from __future__ import annotations

from collections import Counter

from tests.benchmarks.rounds import order, take_turns


def test_everybody_is_at_every_place_equally_often():
    names = ["a", "b", "c", "d"]
    places = Counter((name, at) for turn in range(8) for at, name in enumerate(order(names, turn)))
    assert set(places.values()) == {2}


def test_everybody_follows_different_ones():
    names = ["a", "b", "c"]
    before = {pair for turn in range(6) for pair in zip(order(names, turn), order(names, turn)[1:])}
    assert len(before) == 6  # all pairs, in both directions


def test_rounds_run_one_after_the_other():
    calls = []
    found = take_turns(["a", "b"], lambda name: (calls.append(name), len(calls))[1], 3)
    assert found == {"a": [1, 4, 6], "b": [2, 3, 5]}
    assert Counter(calls) == {"a": 3, "b": 3}


def test_whoever_fails_is_left_out():
    assert take_turns(["a", "b"], lambda name: None if name == "a" else 1.0, 2) == {"b": [1.0, 1.0]}
