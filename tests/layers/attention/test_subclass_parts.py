"""Subclasses of `MultiHeadAttention` written for Keras build and call it by its protected names."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers


def subclass(layers):
    class Own(layers.MultiHeadAttention):
        def build(self, query_shape, value_shape, key_shape=None):
            for name in ("query", "key", "value"):
                dense = layers.EinsumDense(
                    "abc,cde->abde",
                    (None, self._num_heads, self._key_dim),
                    name=name,
                    **self._get_common_kwargs_for_sublayer(),
                )
                dense.build(query_shape)
                setattr(self, f"_{name}_dense", dense)
            self._build_attention(4)
            self._output_dense = layers.Dense(query_shape[-1], name="attention_output")
            self._output_dense.build((None, None, self._num_heads * self._key_dim))
            self.built = True

        def call(self, query, value, key=None, attention_mask=None, training=None):
            q = self._query_dense(query) * self._inverse_sqrt_key_dim
            k, v = self._key_dense(value), self._value_dense(value)
            einsum = torch.einsum
            scores = self._masked_softmax(einsum(self._dot_product_equation, k, q), attention_mask)
            scores = self._dropout_layer(scores, training=training)
            x = einsum(self._combine_equation, scores, v)
            return self._output_dense(x.reshape(*x.shape[:2], -1))

    return Own(num_heads=2, key_dim=3, dropout=0.1)


@pytest.mark.parametrize("masked", [False, True])
def test_a_subclass_computes_what_it_does_in_keras(real_keras, masked: bool) -> None:
    x = torch.from_numpy(np.random.RandomState(0).standard_normal((2, 4, 5)).astype("float32"))
    mask = torch.ones(2, 4, 4, dtype=torch.bool).tril() if masked else None
    ours, theirs = subclass(layers), subclass(real_keras.layers)
    ours(x, x), theirs(x, x)
    ours.set_weights(theirs.get_weights())
    assert [tuple(v.shape) for v in ours.weights] == [tuple(v.shape) for v in theirs.weights]
    expected = theirs(x, x, attention_mask=mask).detach().numpy()
    np.testing.assert_allclose(ours(x, x, attention_mask=mask).detach().numpy(), expected, atol=1e-5)


@pytest.mark.parametrize(("shape", "axes"), [((2, 4, 5), None), ((2, 3, 4, 5), (2,)), ((2, 3, 4, 5), None)])
def test_equations_are_those_of_keras(real_keras, shape, axes) -> None:
    x = torch.zeros(shape)
    ours, theirs = (
        layers.MultiHeadAttention(2, 3, attention_axes=axes),
        real_keras.layers.MultiHeadAttention(2, 3, attention_axes=axes),
    )
    ours(x, x), theirs(x, x)
    for name in ("_dot_product_equation", "_combine_equation", "_inverse_sqrt_key_dim"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert tuple(ours._compute_causal_mask(x).shape) == tuple(theirs._compute_causal_mask(x).shape)


def test_projections_can_be_exchanged() -> None:
    layer = layers.MultiHeadAttention(2, 3)
    x = torch.zeros(1, 4, 5)
    layer(x, x)
    dense = layers.EinsumDense("abc,cde->abde", (None, 2, 3))
    layer._query_dense = dense
    assert layer.query_dense is dense and dense in layer._children()
