from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.data.options import AutoShardPolicy, Options


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no option 'determinstic'"):
        Options().determinstic = True


def test_merging_keeps_what_is_set() -> None:
    first, second = Options(), Options()
    first.deterministic = True
    first.experimental_distribute.auto_shard_policy = AutoShardPolicy.OFF
    second.deterministic = False
    merged = first.merge(second)
    assert merged.deterministic is False
    assert merged.experimental_distribute.auto_shard_policy is AutoShardPolicy.OFF
    assert Options() == Options() and merged != Options()
