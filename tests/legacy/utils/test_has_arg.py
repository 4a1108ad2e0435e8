from __future__ import annotations

from torchkeras_compat.legacy.utils.has_arg import has_arg


def test_arguments_that_may_be_named_count():
    def function(a, /, b, *args, c=1, **kwargs):
        pass

    assert [has_arg(function, name) for name in ("a", "b", "c", "args", "kwargs", "d")] == [
        *(False, True, True, False, False, False)
    ]
    assert has_arg(function, "d", accept_all=True)
    assert not has_arg(lambda x: x, "d", accept_all=True)
