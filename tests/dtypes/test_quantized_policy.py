"""Quantized policies, beside real Keras."""

from __future__ import annotations

import pytest

from torchkeras_compat import config, dtype_policies
from torchkeras_compat.dtypes.identifiers import set_dtype_policy


@pytest.fixture(autouse=True)
def the_policy_before():
    before = config.dtype_policy()
    yield
    set_dtype_policy(before)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: dtype_policies.get("int8_from_abc"), ValueError, "Cannot convert 'abc'"),
        (lambda: dtype_policies.QuantizedDTypePolicy("int7"), ValueError, "mode=int7"),
        (lambda: dtype_policies.QuantizedDTypePolicy("int8", "float16"), ValueError, "doesn't work well"),
        (lambda: dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", 1.5), TypeError, "history_length=1.5"),
        (lambda: dtype_policies.Int4DTypePolicy("int4/0"), ValueError, "got 0 from 'int4/0'"),
        (lambda: dtype_policies.Int4DTypePolicy("int4/x"), ValueError, "must be an integer"),
        (lambda: dtype_policies.GPTQDTypePolicy("gptq/5/1"), ValueError, "got 5 from"),
        (lambda: dtype_policies.AWQDTypePolicy("awq/8/1"), ValueError, "only supports 4-bit"),
        (lambda: dtype_policies.AWQDTypePolicy("awq/4"), ValueError, "Invalid mode"),
    ],
)
def test_bad_names_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
