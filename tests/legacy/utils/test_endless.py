from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

from torchkeras_compat.legacy.utils.endless import ThreadsafeIter, iter_sequence_infinite, threadsafe_generator


def test_sequences_without_end():
    assert list(itertools.islice(iter_sequence_infinite([1, 2]), 5)) == [1, 2, 1, 2, 1]


def test_threads_share_an_iterator():
    @threadsafe_generator
    def count(end):
        yield from range(end)

    numbers = count(200)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: numbers.next(), range(200)))
    assert sorted(found) == [*range(200)]
    assert list(ThreadsafeIter(iter([3]))) == [3]
