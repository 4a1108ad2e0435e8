"""Calls of the old backend by name: functions of the backend ``K`` and of ``T``, which makes a tensor of an array.

They were run on tf.keras 2.15.1 for the values in `backend_values.json`, and are run here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_numbers = np.random.RandomState(0)
X = _numbers.randn(2, 3).astype("float32")
X3 = _numbers.randn(2, 3, 4).astype("float32")
X4 = _numbers.randn(2, 5, 6, 3).astype("float32")
X5 = _numbers.randn(1, 4, 5, 4, 2).astype("float32")
P = _numbers.rand(4, 3).astype("float32")
P /= P.sum(1, keepdims=True)
Y = np.eye(3, dtype="float32")[[0, 2, 1, 1]]
L = np.array([0, 2, 1, 1])
B = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1]], "float32")
S = _numbers.rand(4, 3).astype("float32")
K4 = _numbers.randn(3, 3, 3, 2).astype("float32")
KT = _numbers.randn(3, 2, 4, 3).astype("float32")
K3 = _numbers.randn(3, 4, 5).astype("float32")
K5 = _numbers.randn(2, 3, 2, 2, 3).astype("float32")
DW = _numbers.randn(3, 3, 3, 2).astype("float32")
PW = _numbers.randn(1, 1, 6, 4).astype("float32")
W = _numbers.rand(2, 6, 4).astype("float32")
CT = W / W.sum(-1, keepdims=True)
M = np.array([[True, True, False], [False, True, True]])


def step(K: Any) -> Any:
    def run(x: Any, states: Any) -> Any:
        output = x * 2.0 + states[0]
        return output, [output]

    return run


def step_with_constant(K: Any) -> Any:
    def run(x: Any, states: Any) -> Any:
        output = x + states[0] * states[2]
        return output, [output, states[1] + 1.0]

    return run


CASES: dict[str, Any] = {}
ONE_ARGUMENT = (
    "abs sign square exp sigmoid tanh sin cos softplus softsign softmax hard_sigmoid elu relu round sqrt "
    "argmax argmin cumsum cumprod max min sum prod mean std var logsumexp flatten batch_flatten "
    "l2_normalize expand_dims transpose zeros_like ones_like "
)
for n in ONE_ARGUMENT.split():
    CASES[n] = lambda K, T, n=n: getattr(K, n)(T(X))
for n in "max min sum prod mean std var logsumexp".split():
    CASES[n + " axis"] = lambda K, T, n=n: getattr(K, n)(T(X3), axis=[0, -1], keepdims=True)
CASES["log"] = lambda K, T: K.log(T(P))
CASES["any"] = lambda K, T: K.any(T(X > 0), axis=1)
CASES["all"] = lambda K, T: K.all(T(X > -1), axis=0, keepdims=True)
CASES["relu all"] = lambda K, T: K.relu(T(X * 3), alpha=0.3, max_value=2.0, threshold=0.5)
CASES["relu max"] = lambda K, T: K.relu(T(X * 3), max_value=1.0)
CASES["relu threshold"] = lambda K, T: K.relu(T(X * 3), threshold=0.5)
CASES["relu alpha"] = lambda K, T: K.relu(T(X * 3), alpha=0.2)
CASES["elu alpha"] = lambda K, T: K.elu(T(X), 0.3)
CASES["softmax axis"] = lambda K, T: K.softmax(T(X), axis=0)
CASES["clip"] = lambda K, T: K.clip(T(X), -0.5, 0.5)
CASES["clip swapped"] = lambda K, T: K.clip(T(X), 0.5, -0.5)
CASES["pow"] = lambda K, T: K.pow(T(X), 2.0)
CASES["maximum"] = lambda K, T: K.maximum(T(X), 0.0)
CASES["minimum"] = lambda K, T: K.minimum(T(X), T(X * 2))
for n in "equal not_equal greater greater_equal less less_equal".split():
    CASES[n] = lambda K, T, n=n: getattr(K, n)(T(L), T(np.array([0, 1, 2, 1])))
CASES["in_top_k"] = lambda K, T: K.in_top_k(
    T(np.array([[0.1, 0.3, 0.3], [0.5, 0.2, 0.3], [0.3, 0.3, 0.3]], "float32")), T(np.array([2, 1, 0])), 1
)
CASES["dot"] = lambda K, T: K.dot(T(X3), T(K3))
CASES["dot 2d"] = lambda K, T: K.dot(T(X), T(X.T.copy()))
CASES["dot 3d2d"] = lambda K, T: K.dot(T(X3), T(K3[0]))
for i, (a, b, ax) in enumerate(
    [
        ((5, 3), (5, 3), None),
        ((5, 3), (5, 3), 1),
        ((5, 2, 3), (5, 3, 4), None),
        ((5, 2, 3), (5, 4, 3), 2),
        ((5, 2, 3), (5, 3), (2, 1)),
        ((5, 3), (5, 3, 2), (1, 1)),
        ((5, 2, 3, 4), (5, 4, 6), (3, 1)),
        ((5, 2, 3, 4), (5, 6, 3), (2, 2)),
        ((5, 2, 3), (5, 2, 7, 3), (-1, -1)),
        ((5, 2, 3), (5, 2, 3), (1, 1)),
    ]
):
    CASES[f"batch_dot {i}"] = lambda K, T, a=a, b=b, ax=ax: K.batch_dot(
        T(np.random.RandomState(1).randn(*a).astype("float32")),
        T(np.random.RandomState(2).randn(*b).astype("float32")),
        axes=ax,
    )
CASES["gather"] = lambda K, T: K.gather(T(X3), T(np.array([[1, 0]])))
CASES["concatenate"] = lambda K, T: K.concatenate([T(X), T(X)])
CASES["stack"] = lambda K, T: K.stack([T(X), T(X)], axis=1)
CASES["reshape"] = lambda K, T: K.reshape(T(X3), (3, -1))
CASES["permute"] = lambda K, T: K.permute_dimensions(T(X3), (2, 0, 1))
CASES["repeat"] = lambda K, T: K.repeat(T(X), 2)
CASES["repeat_elements"] = lambda K, T: K.repeat_elements(T(X), 3, axis=1)
CASES["tile"] = lambda K, T: K.tile(T(X), [2, 1])
CASES["tile int"] = lambda K, T: K.tile(T(X[0]), 2)
CASES["one_hot"] = lambda K, T: K.one_hot(T(np.array([[1, 5], [-1, 0]])), 3)
CASES["reverse"] = lambda K, T: K.reverse(T(X3), (0, 2))
CASES["squeeze"] = lambda K, T: K.squeeze(T(X[:, None]), 1)
CASES["arange"] = lambda K, T: K.arange(2, 9, 3)
CASES["arange neg"] = lambda K, T: K.arange(-3)
CASES["arange float"] = lambda K, T: K.arange(3.0)
CASES["temporal_padding"] = lambda K, T: K.temporal_padding(T(X3), (0, 2))
CASES["spatial_2d_padding"] = lambda K, T: K.spatial_2d_padding(T(X4), ((1, 0), (2, 1)))
CASES["spatial_3d_padding"] = lambda K, T: K.spatial_3d_padding(T(X5), ((1, 0), (0, 1), (2, 1)))
CASES["2d first"] = lambda K, T: K.spatial_2d_padding(T(X4), ((1, 0), (2, 1)), "channels_first")
for fl in (False, True):
    CASES[f"cce {fl}"] = lambda K, T, fl=fl: K.categorical_crossentropy(T(Y), T(P), from_logits=fl)
    CASES[f"scce {fl}"] = lambda K, T, fl=fl: K.sparse_categorical_crossentropy(T(L), T(P), from_logits=fl)
    CASES[f"bce {fl}"] = lambda K, T, fl=fl: K.binary_crossentropy(T(B), T(S), from_logits=fl)
    CASES[f"bfce {fl}"] = lambda K, T, fl=fl: K.binary_focal_crossentropy(T(B), T(S), True, 0.3, 1.5, fl)
    CASES[f"cfce {fl}"] = lambda K, T, fl=fl: K.categorical_focal_crossentropy(T(Y), T(P), 0.3, 1.5, fl)
CASES["cce axis"] = lambda K, T: K.categorical_crossentropy(T(Y.T.copy()), T(P.T.copy()), axis=0)
CASES["scce axis"] = lambda K, T: K.sparse_categorical_crossentropy(T(L[None]), T(P.T.copy()[None]), axis=1)
CASES["scce 3d"] = lambda K, T: K.sparse_categorical_crossentropy(
    T(np.array([[0, 1, 3], [2, 2, 1]])), T(X3), from_logits=True
)
CASES["scce ignore"] = lambda K, T: K.sparse_categorical_crossentropy(T(L), T(P), ignore_class=1)
CASES["scce 2d"] = lambda K, T: K.sparse_categorical_crossentropy(T(L[:, None]), T(P))
CASES["bce extremes"] = lambda K, T: K.binary_crossentropy(
    T(np.array([1, 0, 1, 0], "float32")), T(np.array([1, 1, 0, 0], "float32"))
)
CASES["batch_normalization"] = lambda K, T: K.batch_normalization(
    T(X4), T(X4.mean((0, 1, 2))), T(X4.var((0, 1, 2))), T(np.ones(3, "float32")), T(np.array([1, 2, 3], "float32"))
)
CASES["batch_normalization none"] = lambda K, T: K.batch_normalization(
    T(X4), T(X4.mean((0, 1, 2))), T(X4.var((0, 1, 2))), None, None, epsilon=0.1
)
CASES["batch_normalization 2d"] = lambda K, T: K.batch_normalization(
    T(X), T(X.mean(0)), T(X.var(0)), T(np.ones(3, "float32")), T(np.array([1, 2, 3], "float32"))
)
CASES["nbit 4d"] = lambda K, T: K.normalize_batch_in_training(
    T(X4), T(np.array([1, 2, 3], "float32")), T(np.ones(3, "float32")), [0, 1, 2]
)
CASES["nbit 2d"] = lambda K, T: K.normalize_batch_in_training(
    T(X), T(np.array([1, 2, 3], "float32")), T(np.ones(3, "float32")), [0]
)
CASES["nbit 3d"] = lambda K, T: K.normalize_batch_in_training(
    T(X3), T(np.array([1, 2, 3], "float32")), T(np.ones(3, "float32")), [0, 2]
)
for p in ("valid", "same"):
    CASES[f"conv2d {p}"] = lambda K, T, p=p: K.conv2d(T(X4), T(K4), (2, 1), p)
    CASES[f"conv2d dil {p}"] = lambda K, T, p=p: K.conv2d(T(X4), T(K4), padding=p, dilation_rate=(2, 2))
    CASES[f"conv1d {p}"] = lambda K, T, p=p: K.conv1d(T(X3), T(K3), 2, p)
    CASES[f"conv3d {p}"] = lambda K, T, p=p: K.conv3d(T(X5), T(K5), (1, 2, 1), p)
    CASES[f"sep2d {p}"] = lambda K, T, p=p: K.separable_conv2d(T(X4), T(DW), T(PW), (2, 2), p)
    CASES[f"dw {p}"] = lambda K, T, p=p: K.depthwise_conv2d(T(X4), T(DW), (1, 1), p)
    for m in ("max", "avg"):
        CASES[f"pool2d {p}{m}"] = lambda K, T, p=p, m=m: K.pool2d(T(X4), (2, 3), (2, 2), p, pool_mode=m)
        CASES[f"pool3d {p}{m}"] = lambda K, T, p=p, m=m: K.pool3d(T(X5), (2, 2, 2), (2, 2, 1), p, pool_mode=m)
CASES["conv1d causal"] = lambda K, T: K.conv1d(T(X3), T(K3), 1, "causal", dilation_rate=2)
CASES["convT same"] = lambda K, T: K.conv2d_transpose(T(X4), T(KT), (2, 10, 12, 4), (2, 2), "same")
CASES["convT same odd"] = lambda K, T: K.conv2d_transpose(T(X4), T(KT), (2, 9, 11, 4), (2, 2), "same")
CASES["convT valid"] = lambda K, T: K.conv2d_transpose(T(X4), T(KT), (2, 11, 12, 4), (2, 2), "valid")
CASES["convT valid more"] = lambda K, T: K.conv2d_transpose(T(X4), T(KT), (2, 12, 13, 4), (2, 2), "valid")
CASES["local1d"] = lambda K, T: K.local_conv1d(
    T(X3), T(np.random.RandomState(3).randn(2, 8, 3).astype("float32")), (2,), (1,)
)
CASES["local2d"] = lambda K, T: K.local_conv2d(
    T(X4), T(np.random.RandomState(3).randn(6, 18, 2).astype("float32")), (3, 2), (1, 3), (3, 2)
)
CASES["local2d first"] = lambda K, T: K.local_conv2d(
    T(X4.transpose(0, 3, 1, 2).copy()),
    T(np.random.RandomState(3).randn(6, 18, 2).astype("float32")),
    (3, 2),
    (1, 3),
    (3, 2),
    "channels_first",
)
CASES["bias_add"] = lambda K, T: K.bias_add(T(X4), T(np.array([1, 2, 3], "float32")))
CASES["bias_add nd"] = lambda K, T: K.bias_add(T(X3), T(X3[0]))
CASES["bias_add first"] = lambda K, T: K.bias_add(T(X3), T(np.array([1, 2, 3], "float32")), "channels_first")
CASES["bias_add nd first"] = lambda K, T: K.bias_add(T(X3), T(X3[0].T.copy()), "channels_first")
CASES["ctc"] = lambda K, T: K.ctc_batch_cost(
    T(np.array([[0, 1], [2, 0]])), T(CT), T(np.array([[6], [5]])), T(np.array([[2], [1]]))
)
CASES["ctc greedy"] = lambda K, T: K.ctc_decode(T(CT), T(np.array([6, 4])))
CASES["ctc beam"] = lambda K, T: K.ctc_decode(T(CT), T(np.array([6, 4])), greedy=False, beam_width=20, top_paths=3)
CASES["map_fn"] = lambda K, T: K.map_fn(lambda a: a * 2.0, T(X))
CASES["foldl"] = lambda K, T: K.foldl(lambda a, b: a * 0.5 - b, T(X))
CASES["foldr"] = lambda K, T: K.foldr(lambda a, b: a * 0.5 - b, T(X), initializer=T(X[0]))
CASES["switch"] = lambda K, T: K.switch(T(X > 0), T(X), T(-X))
CASES["switch lower"] = lambda K, T: K.switch(T((X > 0)[..., None]), T(X3), T(-X3))
CASES["switch scalar"] = lambda K, T: K.switch(T(np.array(False)), lambda: T(X), lambda: T(-X))
CASES["switch 2of3"] = lambda K, T: K.switch(T(X > 0), T(X3), T(-X3))
CASES["resize nearest"] = lambda K, T: K.resize_images(T(X4), 2, 3, "channels_last")
CASES["resize bilinear"] = lambda K, T: K.resize_images(T(X4), 2, 3, "channels_last", "bilinear")
CASES["resize first"] = lambda K, T: K.resize_images(T(X4), 2, 3, "channels_first")
CASES["volumes"] = lambda K, T: K.resize_volumes(T(X5), 1, 2, 3, "channels_last")
for un in (False, True):
    for kw in (
        {},
        {"go_backwards": True},
        {"mask": 1},
        {"mask": 1, "go_backwards": True},
        {"mask": 1, "zero_output_for_mask": True},
        {"return_all_outputs": False},
        {"mask": 1, "time_major": True},
        {"mask": 1, "zero_output_for_mask": True, "return_all_outputs": False},
    ):

        def run(K: Any, T: Any, given: Any = kw, un: Any = un) -> Any:
            kw = dict(given)
            x = X3
            if kw.get("mask"):
                kw["mask"] = T(M)
            if kw.get("time_major"):
                x = X3.transpose(1, 0, 2).copy()
                kw["mask"] = T(M.T.copy())
            return K.rnn(step(K), T(x), [T(np.zeros((2, 4), "float32"))], unroll=un, **kw)

        CASES[f"rnn {un} {kw}"] = run
    CASES[f"rnn constants {un}"] = lambda K, T, un=un: K.rnn(
        step_with_constant(K),
        T(X3),
        [T(np.ones((2, 4), "float32")), T(np.ones((2, 4), "float32"))],
        constants=[T(np.full((2, 4), 0.5, "float32"))],
        mask=T(M[..., None]),
        unroll=un,
    )
CASES["rnn length"] = lambda K, T: K.rnn(
    step(K), T(X3), [T(np.zeros((2, 4), "float32"))], input_length=T(np.array([1, 3], "int32"))
)
CASES["rnn length back"] = lambda K, T: K.rnn(
    step(K), T(X3), [T(np.zeros((2, 4), "float32"))], input_length=T(np.array([1, 3], "int32")), go_backwards=True
)
CASES["constant"] = lambda K, T: K.constant([1, 2, 3, 4], shape=(2, 2))
CASES["eye"] = lambda K, T: K.eye(3)
CASES["cast"] = lambda K, T: K.cast(T(X * 5), "int32")
CASES["shape"] = lambda K, T: K.shape(T(X3))


def moving_average(K: Any, T: Any) -> Any:
    v = K.variable(X)
    K.moving_average_update(v, T(X * 3), 0.9)
    return K.get_value(v)


CASES["moving"] = moving_average


def updates(K: Any, T: Any) -> Any:
    v = K.variable(X)
    K.update_add(v, T(X))
    K.update_sub(v, T(X * 3))
    return v


CASES["updates"] = updates
CASES["zeros dtype"] = lambda K, T: K.zeros((2,), dtype="int32")
CASES["in_test_phase"] = lambda K, T: K.in_test_phase(T(X), T(-X), training=True)
CASES["mean int"] = lambda K, T: K.mean(T(X > 0))
CASES["dropout 0"] = lambda K, T: K.dropout(T(X), 0.0)
CASES["ctc_label"] = lambda K, T: K.to_dense(
    K.ctc_label_dense_to_sparse(T(np.array([[3, 1], [2, 5]], "int32")), T(np.array([2, 1], "int32")))
)
