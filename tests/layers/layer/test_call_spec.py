"""Arguments of `call` and `build`, read from their signatures."""

from __future__ import annotations

from torchkeras_compat.layers.layer.call_spec import CallSpec, build_arguments


def test_a_signature_is_read_without_self():
    def call(self, query, value, query_mask=None, training=False, *, scale=1.0):
        pass

    spec = CallSpec(call)
    assert (spec.names, spec.keyword_names) == (["query", "value", "query_mask", "training"], ["scale"])
    assert (spec.required, spec.first, spec.mask_names) == (["query", "value"], "query", ["query_mask"])
    assert (spec.has_training, spec.has_mask, spec.accepts_any_keyword) == (True, False, False)
    assert spec.takes("scale")
    assert not spec.takes("mask")


def test_arguments_come_by_name():
    def call(self, first, *others, **options):
        pass

    spec = CallSpec(call)
    assert spec.arguments((1,), {"a": 2}) == {"first": 1, "a": 2}
    assert spec.arguments((1, 2), {}) == {"first": 1, "others": 2}
    assert spec.arguments((1, 2, 3), {}) == {"first": 1, "others": [2, 3]}
    assert spec.takes("anything")


def test_build_takes_shapes_by_name():
    def build(self, a_shape, b_shape=None):
        pass

    assert build_arguments(build) == ("a_shape", "b_shape")
