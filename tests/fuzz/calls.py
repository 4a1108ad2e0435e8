"""A table of how to draw arguments for each function of `ops`, `activations` and `random`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz.draw import Draw

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
Recipe = Callable[[Draw], Arguments]
RECIPES: dict[str, Recipe] = {}
# Values that need not be equal: random, uninitialised, or unique only up to signs or order.
NO_VALUES = {"ops.empty", "ops.empty_like", "ops.eig", "ops.eigh", "ops.svd", "ops.qr", "ops.argpartition"}


def names(text: str, space: str = "ops") -> Callable[[Recipe], Recipe]:
    """Register a recipe for these functions."""

    def register(recipe: Recipe) -> Recipe:
        RECIPES.update({f"{space}.{name}": recipe for name in text.split()})
        return recipe

    return register


UNARY = (
    "abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil conj conjugate copy cos cosh"
    " deg2rad erf erfc erfinv exp exp2 expm1 fabs floor i0 imag isfinite isinf isnan isneginf isposinf isreal"
    " log log10 log1p log2 logical_not negative rad2deg ravel real reciprocal rsqrt sigmoid sign signbit sin"
    " sinc sinh size sqrt square tan tanh trunc nonzero relu relu6 selu silu softplus softsign sparse_plus"
    " sparse_sigmoid tanh_shrink hard_sigmoid hard_silu hard_tanh log_sigmoid convert_to_numpy ndim shape"
    " stop_gradient is_tensor convert_to_tensor corrcoef fliplr flipud bitwise_not bitwise_invert"
)


@names(UNARY)
def unary(r: Draw) -> Arguments:
    return (r.array(kinds="fffiibc" if r.random() < 0.1 else "fffib"),), {}


@names("exponential linear mish relu6 selu sigmoid silu softplus softsign sparse_plus sparse_sigmoid tanh tanh_shrink"
       " hard_sigmoid hard_silu hard_tanh log_sigmoid", "activations")  # fmt: skip
def activation(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi", plain=False),), {}


BINARY = (
    "add subtract multiply divide true_divide divide_no_nan maximum minimum mod floor_divide fmod fmax fmin"
    " power arctan2 equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor"
    " logaddexp logaddexp2 hypot heaviside nextafter allclose isclose"
)


@names(BINARY)
def binary(r: Draw) -> Arguments:
    x = r.array()
    return (x, r.array(r.like(r.shape_of(x)))), {}


@names("gcd lcm bitwise_and bitwise_or bitwise_xor")
def integers(r: Draw) -> Arguments:
    x = r.array(kinds="iiib", low=0, high=40)
    return (x, r.array(r.like(r.shape_of(x)), kinds="iiib", low=0, high=40)), {}


@names("bitwise_left_shift bitwise_right_shift left_shift right_shift ldexp")
def shifts(r: Draw) -> Arguments:
    x = r.array(kinds="i", low=0, high=40)
    return (x, r.array(r.like(r.shape_of(x)), kinds="i", low=0, high=4)), {}


@names("all any amax amin mean sum std var ptp median nanmax nanmin nanmean nansum nanstd nanvar nanprod nanmedian"
       " logsumexp")  # fmt: skip
def reduction(r: Draw) -> Arguments:
    x = r.array(edges=0.3)
    return (x,), r.some(axis=lambda: r.axes(r.rank(x)), keepdims=r.flag)


@names("max min")
def extremum(r: Draw) -> Arguments:
    args, kwargs = reduction(r)
    return args, {**kwargs, **(r.some(initial=1) if r.random() < 0.4 else {})}


@names("prod")
def prod(r: Draw) -> Arguments:
    args, kwargs = reduction(r)
    return args, {**kwargs, **r.some(dtype=r.dtype_or_none)}


@names("count_nonzero average")
def count(r: Draw) -> Arguments:
    x = r.array()
    return (x,), r.some(axis=lambda: r.axes(r.rank(x)))


@names("argmax argmin nanargmax nanargmin")
def position(r: Draw) -> Arguments:
    x = r.array(edges=0.3, kinds="ffffib")
    return (x,), r.some(axis=lambda: r.axis(r.rank(x)), keepdims=r.flag)


@names("cumsum cumprod nancumsum nancumprod")
def cumulative(r: Draw) -> Arguments:
    x = r.array()
    return (x,), r.some(axis=lambda: r.axis(r.rank(x)), dtype=r.dtype_or_none)


@names("quantile percentile nanquantile nanpercentile")
def quantile(r: Draw) -> Arguments:
    x = r.array(kinds="fffi", edges=0.2)
    q = r.array(r.choice([(), (2,)]), kinds="f", low=0, high=1, edges=0)
    method = r.choice(["linear", "lower", "higher", "midpoint", "nearest", "wrong"])
    return (x, q), r.some(axis=lambda: r.axes(r.rank(x)), method=method, keepdims=r.flag)


@names("sort argsort")
def sort(r: Draw) -> Arguments:
    x = r.array(kinds="ffff", edges=0)
    return (x,), r.some(axis=lambda: r.choice([None, r.axis(r.rank(x))]))


@names("top_k")
def top_k(r: Draw) -> Arguments:
    x = r.array(kinds="f", edges=0, least=1)
    return (x, r.size(0, 3)), {}


@names("argpartition")
def argpartition(r: Draw) -> Arguments:
    x = r.array(kinds="f", edges=0, least=1)
    return (x, r.randint(-2, 2)), r.some(axis=lambda: r.axis(r.rank(x)))


@names("flip")
def flip(r: Draw) -> Arguments:
    x = r.array()
    return (x,), r.some(axis=lambda: r.axes(r.rank(x)))


@names("expand_dims squeeze")
def dims(r: Draw) -> Arguments:
    x = r.array()
    return (x, r.axes(r.rank(x))), {}


@names("transpose")
def transpose(r: Draw) -> Arguments:
    x = r.array()
    n = r.rank(x)
    return (x,), r.some(axes=lambda: [a - n if r.random() < 0.2 else a for a in r.sample(range(n), n)])


@names("moveaxis")
def moveaxis(r: Draw) -> Arguments:
    x = r.array(least=1)
    n = r.rank(x)
    if r.flag():
        return (x, r.axis(n), r.axis(n)), {}
    k = r.randint(0, n)
    return (x, r.sample(range(n), k), tuple(r.sample(range(n), k))), {}


@names("swapaxes")
def swapaxes(r: Draw) -> Arguments:
    x = r.array(least=1)
    return (x, r.axis(r.rank(x)), r.axis(r.rank(x))), {}


@names("roll")
def roll(r: Draw) -> Arguments:
    x = r.array()
    n = r.rank(x)
    if r.flag() or n < 2:
        return (x, r.randint(-5, 5)), r.some(axis=lambda: r.axis(n))
    return (x, (r.randint(-5, 5), 1)), {"axis": (0, -1)}


@names("reshape")
def reshape(r: Draw) -> Arguments:
    x = r.array()
    size = int(np.prod(r.shape_of(x)))
    return (x, r.choice([-1, (-1,), (size,), [1, -1], (size, 1), (2, -1), (-1, -1), (), np.array([1, size]), size])), {}


@names("repeat")
def repeat(r: Draw) -> Arguments:
    x = r.array()
    n, shape = r.rank(x), r.shape_of(x)
    if r.random() < 0.3 and n:
        axis = r.axis(n, wrong=0)
        return (x, [r.randint(0, 2) for _ in range(shape[axis])]), {"axis": axis}
    return (x, r.size(0, 3)), r.some(axis=lambda: r.axis(n))


@names("tile")
def tile(r: Draw) -> Arguments:
    x = r.array(most=3)
    return (x, r.choice([r.size(0, 3), r.shape(0, 4), list(r.shape(1, 3))])), {}


@names("broadcast_to")
def broadcast_to(r: Draw) -> Arguments:
    shape = r.shape()
    return (r.array(r.like(shape)), r.choice([shape, list(shape)])), {}


@names("concatenate")
def concatenate(r: Draw) -> Arguments:
    x = r.array()
    n = r.rank(x)
    return ([x, *(r.array(r.shape_of(x)) for _ in range(r.randint(0, 2)))],), r.some(axis=lambda: r.axis(n))


@names("stack")
def stack(r: Draw) -> Arguments:
    x = r.array()
    n = r.rank(x) + 1
    return ([x, *(r.array(r.shape_of(x)) for _ in range(r.randint(0, 2)))],), r.some(axis=lambda: r.axis(n))


@names("hstack vstack dstack")
def stacks(r: Draw) -> Arguments:
    x = r.array(most=3)
    return ([x, *(r.array(r.shape_of(x)) for _ in range(r.randint(0, 2)))],), {}


@names("append")
def append(r: Draw) -> Arguments:
    x = r.array()
    return (x, r.array(r.shape_of(x))), r.some(axis=lambda: r.axis(r.rank(x)))


@names("split array_split")
def split(r: Draw) -> Arguments:
    x = r.array(least=1)
    return (x, r.choice([r.size(1, 3), [1], [1, 2], (), [2, 1], 0])), r.some(axis=lambda: r.axis(r.rank(x)))


@names("hsplit vsplit dsplit")
def splits(r: Draw) -> Arguments:
    return (r.array(least=1), r.choice([1, 2, [1], [1, 2]])), {}


@names("unstack")
def unstack(r: Draw) -> Arguments:
    x = r.array(least=1)
    return (x,), r.some(axis=lambda: r.axis(r.rank(x)))


@names("pad")
def pad(r: Draw) -> Arguments:
    x = r.array(plain=False)
    n = r.rank(x)
    width = r.choice([r.size(0, 2), (1, 2), [(r.randint(0, 2), r.randint(0, 2)) for _ in range(n)], ((1, 0),)])
    mode = r.choice(["constant", "reflect", "symmetric", "wrong"])
    constant = {"constant_values": r.choice([0, 1.5, 2])} if r.random() < 0.3 else {}
    return (x, width), {**r.some(mode=mode), **constant}


@names("take")
def take(r: Draw) -> Arguments:
    x = r.array(least=1, plain=False)
    n = max(min(r.shape_of(x)), 1)
    return (x, r.array(r.shape(0, 2), "i", low=-n, high=n)), r.some(axis=lambda: r.axis(r.rank(x)))


@names("take_along_axis")
def take_along_axis(r: Draw) -> Arguments:
    x = r.array(least=1, plain=False)
    n = max(min(r.shape_of(x)), 1)
    return (x, r.array(r.shape_of(x), "i", low=-n, high=n, plain=False)), r.some(axis=lambda: r.axis(r.rank(x)))


@names("get_item")
def get_item(r: Draw) -> Arguments:
    x = r.array(least=1, plain=False)
    return (x, r.choice([0, -1, slice(None, 1), (Ellipsis, 0), (None, 0), slice(0, 3, 2), (slice(None),), [0, 0]])), {}


@names("arange")
def arange(r: Draw) -> Arguments:
    number = lambda low, high: r.choice([r.size(low, high), float(r.randint(low, high)), r.uniform(low, high)])  # noqa: E731
    args = (number(0, 6),) if r.flag() else (number(-3, 3), number(-3, 9), number(1, 3))[: r.randint(2, 3)]
    return args, r.some(dtype=r.dtype_or_none)


@names("linspace logspace geomspace")
def linspace(r: Draw) -> Arguments:
    shape = r.choice([(), (), (2,), (2, 3)])
    start, stop = (r.array(shape, "fffi", low=1, high=4, edges=0) for _ in "ab")
    return (start, stop), r.some(num=lambda: r.size(0, 6), endpoint=r.flag, dtype=r.dtype_or_none)


@names("zeros ones empty")
def filled(r: Draw) -> Arguments:
    shape = r.choice([r.shape(), list(r.shape()), r.size(0, 4), tuple(np.int64(n) for n in r.shape())])
    return (shape,), r.some(dtype=r.dtype_or_none)


@names("full")
def full(r: Draw) -> Arguments:
    return (r.choice([r.shape(), r.size(0, 4)]), r.choice([0, 1.5, True, np.float32(2), np.int64(3)])), r.some(
        dtype=r.dtype_or_none
    )


@names("zeros_like ones_like empty_like")
def filled_like(r: Draw) -> Arguments:
    return (r.array(),), r.some(dtype=r.dtype_or_none)


@names("full_like")
def full_like(r: Draw) -> Arguments:
    return (r.array(), r.choice([0, 1.5, True, np.float32(2)])), r.some(dtype=r.dtype_or_none)


@names("eye tri")
def eye(r: Draw) -> Arguments:
    return (r.size(0, 4),), r.some(M=lambda: r.size(0, 4), k=lambda: r.size(-3, 3), dtype=r.dtype_or_none)


@names("identity")
def identity(r: Draw) -> Arguments:
    return (r.size(0, 4),), r.some(dtype=r.dtype_or_none)


@names("bartlett blackman hamming hanning")
def window(r: Draw) -> Arguments:
    return (r.choice([r.size(0, 6), np.array(r.randint(0, 6))]),), {}


@names("kaiser")
def kaiser(r: Draw) -> Arguments:
    return (r.size(0, 6), r.choice([0, 3, 14.0])), {}


@names("cast saturate_cast view")
def cast(r: Draw) -> Arguments:
    return (r.array(plain=False), r.kind("ffib")), {}


@names("array")
def array(r: Draw) -> Arguments:
    return (r.array(),), r.some(dtype=r.dtype_or_none)


@names("clip")
def clip(r: Draw) -> Arguments:
    x = r.array()

    def bound(low: int, high: int) -> Any:
        return r.choice([r.randint(low, high), r.uniform(low, high), r.array(r.shape_of(x), low=low, high=high)])

    return (x, bound(-2, 0), bound(0, 2)), {}


@names("round")
def round_(r: Draw) -> Arguments:
    return (r.array(low=-30, high=30),), r.some(decimals=lambda: r.randint(-1, 3))


@names("nan_to_num")
def nan_to_num(r: Draw) -> Arguments:
    return (r.array(edges=0.8),), r.some(nan=lambda: r.choice([1.0, 2]), posinf=9.0, neginf=-9.0)


@names("where")
def where(r: Draw) -> Arguments:
    condition = r.array(kinds="bbbi")
    if r.random() < 0.1:
        return (condition,), {}
    return (condition, r.array(r.like(r.shape_of(condition))), r.array(r.like(r.shape_of(condition)))), {}


@names("select")
def select(r: Draw) -> Arguments:
    shape = r.shape()
    n = r.randint(1, 3)
    conditions = [r.array(shape, "b", plain=False) for _ in range(n)]
    return (conditions, [r.array(shape, plain=False) for _ in range(n)]), r.some(default=lambda: r.choice([0, 1.5]))


@names("dot inner matmul")
def product(r: Draw) -> Arguments:
    n = r.randint(1, 3)
    kinds = r.choice(["f", "f", "fib"])
    left = r.choice([(n,), (2, n), (3, 2, n), ()])
    right = r.choice([(n,), (n, 3), (3, n, 2), (2, n)])
    return (r.array(left, kinds, plain=False), r.array(right, kinds, plain=False)), {}


@names("vdot outer kron")
def outer(r: Draw) -> Arguments:
    x = r.array(most=2)
    return (x, r.array(r.shape_of(x))), {}


@names("tensordot")
def tensordot(r: Draw) -> Arguments:
    x, y = r.array((2, 3, 4), "fffi", plain=False), r.array((3, 4, 2), "fffi", plain=False)
    return (x, y), r.some(axes=lambda: r.choice([2, 1, 0, ([1, 2], [0, 1]), ((0,), (2,)), [2, 1], (-1, 1)]))


@names("einsum")
def einsum(r: Draw) -> Arguments:
    text, shapes = r.choice([
        ("ij,jk->ik", [(2, 3), (3, 4)]), ("ij,jk", [(2, 3), (3, 4)]), ("ii->i", [(3, 3)]), ("ij->", [(2, 3)]),
        ("...ij,...jk->...ik", [(2, 2, 3), (2, 3, 4)]), ("bij,bjk->bk", [(2, 2, 3), (2, 3, 4)]),
        ("i,j->ij", [(2,), (3,)]),
        ("ij->ji", [(2, 3)]), ("i,i->", [(3,), (3,)]), ("ijk->kji", [(2, 3, 4)]), ("ij,ij,ij->i", [(2, 3)] * 3),
    ])  # fmt: skip
    kinds = r.choice(["f", "fi", "i"])
    return (text, *(r.array(shape, kinds, plain=False) for shape in shapes)), {}


@names("cross")
def cross(r: Draw) -> Arguments:
    n = r.choice([2, 3])
    shape = (*r.shape(0, 2), n)
    return (r.array(shape), r.array((*shape[:-1], r.choice([n, 2, 3])))), {}


@names("diag diagflat")
def diag(r: Draw) -> Arguments:
    return (r.array(most=3),), r.some(k=lambda: r.size(-3, 3))


@names("diagonal trace")
def diagonal(r: Draw) -> Arguments:
    x = r.array(least=2)
    n = r.rank(x)
    return (x,), r.some(offset=lambda: r.size(-2, 2), **({"axis1": -1, "axis2": r.axis(n)} if r.random() < 0.3 else {}))


@names("tril triu")
def tril(r: Draw) -> Arguments:
    return (r.array(),), r.some(k=lambda: r.size(-2, 2))


@names("rot90")
def rot90(r: Draw) -> Arguments:
    return (r.array(least=2),), r.some(k=lambda: r.randint(-5, 5), axes=lambda: r.choice([(0, 1), (1, 0), (-1, -2)]))


@names("diff")
def diff(r: Draw) -> Arguments:
    x = r.array()
    return (x,), r.some(n=lambda: r.size(0, 3), axis=lambda: r.axis(r.rank(x)))


@names("trapezoid")
def trapezoid(r: Draw) -> Arguments:
    y = r.array(least=1, edges=0)
    axis = r.axis(r.rank(y))
    same = {"x": r.array(r.shape_of(y), edges=0)} if r.random() < 0.3 else {}
    return (y,), {**same, **r.some(dx=lambda: r.choice([2, 0.5]), axis=axis)}


@names("digitize")
def digitize(r: Draw) -> Arguments:
    return (r.array(kinds="ffi"), sorted(r.uniform(-3, 3) for _ in range(r.randint(1, 4)))), {}


@names("searchsorted")
def searchsorted(r: Draw) -> Arguments:
    row = np.sort(r.numbers((r.randint(0, 5),), -3, 3)).astype(r.choice(["float32", "float64"]))
    return (row, r.array(r.shape(0, 2), "fi", edges=0)), r.some(side=lambda: r.choice(["left", "right"]))


@names("bincount")
def bincount(r: Draw) -> Arguments:
    x = r.array(r.shape(1, 2), "i", low=0, high=5)
    weights = {"weights": r.array(r.shape_of(x), "ffi")} if r.random() < 0.3 else {}
    return (x,), {**weights, **r.some(minlength=lambda: r.size(0, 8))}


@names("histogram")
def histogram(r: Draw) -> Arguments:
    return (r.array(kinds="ffi", edges=0),), r.some(
        bins=lambda: r.size(1, 5), range=lambda: r.choice([(-2.0, 2.0), (0, 3)])
    )


@names("isin")
def isin(r: Draw) -> Arguments:
    return (r.array(kinds="i"), r.array(kinds="i")), r.some(invert=r.flag)


@names("meshgrid")
def meshgrid(r: Draw) -> Arguments:
    return tuple(r.array(r.shape(0, 1)) for _ in range(r.randint(1, 3))), r.some(
        indexing=lambda: r.choice(["xy", "ij"])
    )


@names("correlate")
def correlate(r: Draw) -> Arguments:
    x, y = (r.array((r.randint(1, 5),), "ffi", edges=0) for _ in "ab")
    return (x, y), r.some(mode=lambda: r.choice(["valid", "same", "full"]))


@names("vander")
def vander(r: Draw) -> Arguments:
    return (r.array((r.randint(1, 4),), "fffi"),), r.some(N=lambda: r.size(0, 4), increasing=r.flag)


@names("unravel_index")
def unravel_index(r: Draw) -> Arguments:
    return (r.array(r.shape(0, 2), "i", low=0, high=11), (3, 4)), {}


@names("unique")
def unique(r: Draw) -> Arguments:
    x = r.array(kinds="iiif", edges=0)
    return (x,), r.some(
        return_inverse=r.flag, return_counts=r.flag, return_index=r.flag, axis=lambda: r.axis(r.rank(x))
    )


@names("polar")
def polar(r: Draw) -> Arguments:
    x = r.array(kinds="f", low=0.1)
    return (x, r.array(r.shape_of(x), "f")), {}


@names("view_as_complex")
def view_as_complex(r: Draw) -> Arguments:
    return (r.array((*r.shape(0, 2), 2), "f", plain=False),), {}


@names("view_as_real")
def view_as_real(r: Draw) -> Arguments:
    return (r.array(kinds="c"),), {}


@names("softmax log_softmax sparsemax")
def softmax(r: Draw) -> Arguments:
    x = r.array(kinds="ffffi", plain=False, edges=0)
    return (x,), r.some(axis=lambda: r.axes(r.rank(x)) if r.random() < 0.3 else r.axis(r.rank(x)))


@names("softmax log_softmax sparsemax", "activations")
def softmax_activation(r: Draw) -> Arguments:
    x = r.array(kinds="f", plain=False, edges=0, least=1)
    return (x,), r.some(axis=lambda: r.axis(r.rank(x)))


@names("glu")
@names("glu", "activations")
def glu(r: Draw) -> Arguments:
    return (r.array((*r.shape(0, 2), r.choice([2, 4, 3])), "ffffi"),), {}


@names("celu elu")
@names("celu elu", "activations")
def elu(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi"),), r.some(alpha=lambda: r.choice([0.5, 2, 1.0]))


@names("gelu")
@names("gelu", "activations")
def gelu(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi"),), r.some(approximate=r.flag)


@names("leaky_relu")
@names("leaky_relu", "activations")
def leaky_relu(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi"),), r.some(negative_slope=lambda: r.choice([0.1, 0, 1]))


@names("relu", "activations")
def relu(r: Draw) -> Arguments:
    options = r.some(negative_slope=lambda: r.choice([0.1, 0.0]), max_value=lambda: r.choice([None, 2.0, 6]))
    return (r.array(kinds="ffffi"),), {**options, **r.some(threshold=lambda: r.choice([0.5, 0, 1.0]))}


@names("hard_shrink soft_shrink")
@names("hard_shrink soft_shrink", "activations")
def shrink(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi"),), r.some(threshold=lambda: r.choice([0.1, 1, 0.0]))


@names("threshold")
@names("threshold", "activations")
def threshold(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi"), r.choice([0.5, 1]), r.choice([2.0, 3])), {}


@names("squareplus")
@names("squareplus", "activations")
def squareplus(r: Draw) -> Arguments:
    return (r.array(kinds="ffffi"),), r.some(b=lambda: r.choice([1, 4.0]))


@names("one_hot")
def one_hot(r: Draw) -> Arguments:
    x = r.array(r.shape(0, 3), "i", low=-1, high=4)
    return (x, r.size(1, 4)), r.some(axis=lambda: r.axis(r.rank(x) + 1), dtype=r.dtype_or_none)


@names("multi_hot")
def multi_hot(r: Draw) -> Arguments:
    return (r.array(r.shape(1, 3, 0), "i", low=0, high=4), r.size(4, 5)), r.some(axis=-1, dtype=r.dtype_or_none)


@names("in_top_k")
def in_top_k(r: Draw) -> Arguments:
    n = r.randint(1, 4)
    return (r.array((n,), "i", low=0, high=3), r.array((n, 3), "f", edges=0)), {"k": r.randint(1, 3)}


@names("moments")
def moments(r: Draw) -> Arguments:
    x = r.array(least=1, kinds="f", edges=0)
    return (x, r.choice([[0], (0, -1), r.axis(r.rank(x))])), r.some(keepdims=r.flag)


@names("normalize")
def normalize(r: Draw) -> Arguments:
    x = r.array(least=1, kinds="f", edges=0)
    return (x,), r.some(axis=lambda: r.axis(r.rank(x)), order=lambda: r.choice([1, 2, 3, np.inf]))


@names("layer_normalization rms_normalization")
def layer_normalization(r: Draw) -> Arguments:
    shape = r.shape(1, 3, 0)
    return (r.array(shape, "f", edges=0),), r.some(axis=lambda: r.axis(len(shape)), epsilon=1e-3)


@names("batch_normalization")
def batch_normalization(r: Draw) -> Arguments:
    shape = r.shape(2, 4, 0)
    row = lambda low=-1: r.array((shape[-1],), "f", low=low, high=2, edges=0, plain=False)  # noqa: E731
    return (r.array(shape, "f", edges=0), row(), row(0.1)), {"axis": -1, **r.some(offset=row, scale=row, epsilon=1e-3)}


@names("cholesky cholesky_inverse logdet")
def cholesky(r: Draw) -> Arguments:
    n = r.randint(1, 4)
    a = r.numbers((*r.shape(0, 1, 0), n, n), -1, 1)
    return (r.form(a @ np.swapaxes(a, -1, -2) + 2 * np.eye(n), r.choice(["float32", "float64"]), False),), {}


@names("det inv slogdet eig eigh lu_factor qr pinv matrix_rank svd")
def matrix(r: Draw) -> Arguments:
    n = r.randint(1, 4)
    return (
        r.form(r.numbers((*r.shape(0, 2, 0), n, n), -2, 2) + np.eye(n), r.choice(["float32", "float64"]), False),
    ), {}


@names("solve solve_triangular")
def solve(r: Draw) -> Arguments:
    n, batch = r.randint(1, 4), r.shape(0, 1, 0)
    a = r.numbers((*batch, n, n), -1, 1) + 3 * np.eye(n)
    b = r.numbers((*batch, n, *r.choice([(), (2,)])), -1, 1)
    return (a.astype("float32"), b.astype("float32")), {}


@names("lstsq")
def lstsq(r: Draw) -> Arguments:
    m, n = r.randint(3, 5), r.randint(1, 3)
    return (
        r.numbers((m, n), -1, 1).astype("float32"),
        r.numbers((m, *r.choice([(), (2,)])), -1, 1).astype("float32"),
    ), {}


@names("norm")
def norm(r: Draw) -> Arguments:
    x = r.array(least=1, edges=0)
    n = r.rank(x)
    axis = r.choice([None, r.axis(n), *([(0, 1), (-1, 0)] if n > 1 else [])])
    return (x,), {
        "axis": axis,
        **r.some(ord=lambda: r.choice([1, 2, np.inf, -np.inf, "fro", "nuc", 0, 3]), keepdims=r.flag),
    }


@names("cdist")
def cdist(r: Draw) -> Arguments:
    n = r.randint(1, 3)
    return (r.array((2, n), "f", edges=0), r.array((3, n), "f", edges=0)), {}


@names("segment_sum segment_max segment_min segment_prod")
def segment(r: Draw) -> Arguments:
    n = r.randint(1, 6)
    ids = sorted(r.randint(0, 3) for _ in range(n))
    data = r.array((n, *r.shape(0, 1, 0)), "fffi", edges=0, plain=False)
    return (data, np.array(ids, "int32")), r.some(num_segments=lambda: r.choice([4, 5]), sorted=r.flag)


@names("scatter")
def scatter(r: Draw) -> Arguments:
    return (np.array([[r.randint(0, 3)] for _ in range(3)]), r.array((3,), "ffi", plain=False), (4,)), {}


@names("scatter_update")
def scatter_update(r: Draw) -> Arguments:
    indices = np.array([[i] for i in r.sample(range(4), 2)])
    kinds = r.choice(["f", "i"])
    reduction = r.choice([None, "add", "max", "min", "mul", "wrong"])
    return (r.array((4, 2), kinds, plain=False), indices, r.array((2, 2), kinds, plain=False)), r.some(
        reduction=reduction
    )


@names("slice")
def slice_(r: Draw) -> Arguments:
    return (
        r.array((3, 4), plain=False),
        r.choice([(0, 1), [1, 0], np.array([1, 1])]),
        r.choice([(2, 2), [1, 3], (-1, 2)]),
    ), {}


@names("slice_update")
def slice_update(r: Draw) -> Arguments:
    kinds = r.choice(["f", "i"])
    return (r.array((3, 4), kinds, plain=False), r.choice([(0, 1), [1, 0]]), r.array((2, 2), kinds, plain=False)), {}


@names("fft2 ifft2 fft")
def fft(r: Draw) -> Arguments:
    shape = r.shape(2, 3, 0)
    return ((r.array(shape, "f", edges=0, plain=False), r.array(shape, "f", edges=0, plain=False)),), {}


@names("rfft")
def rfft(r: Draw) -> Arguments:
    return (r.array((*r.shape(0, 2, 0), 4), ["float32"] and "f", edges=0, plain=False),), r.some(
        fft_length=lambda: r.size(1, 6)
    )


@names("irfft")
def irfft(r: Draw) -> Arguments:
    shape = (*r.shape(0, 2, 0), 3)
    return (tuple(r.numbers(shape, -1, 1).astype("float32") for _ in "ab"),), r.some(fft_length=lambda: r.size(1, 6))


@names("stft")
def stft(r: Draw) -> Arguments:
    x = r.numbers((*r.shape(0, 2, 0), 32), -1, 1).astype("float32")
    window = r.choice(["hann", "hamming", None])
    return (x, 8, r.choice([2, 4]), r.choice([8, 16])), r.some(window=window, center=r.flag)


@names("extract_sequences")
def extract_sequences(r: Draw) -> Arguments:
    return (r.array((*r.shape(0, 2, 0), 8), "fi"), r.size(1, 4), r.size(1, 3)), {}


def image(r: Draw, low: float = 0, high: float = 1, channels: int = 3, kinds: str = "f") -> Any:
    """One image or a batch, channels last."""
    shape = (r.randint(3, 6), r.randint(3, 6), channels)
    values = r.numbers((2, *shape) if r.flag() else shape, low, high)
    return r.form(
        values, r.choice(["float32", "float64"]) if r.choice(kinds) == "f" else r.choice(["uint8", "int32"]), False
    )


@names("conv")
def conv(r: Draw) -> Arguments:
    n = r.randint(1, 3)
    inputs = r.numbers((2, *(r.randint(3, 6) for _ in range(n)), 4), -1, 1).astype("float32")
    groups = r.choice([1, 1, 2])
    kernel = r.numbers((*(r.randint(1, 3) for _ in range(n)), 4 // groups, 4), -1, 1).astype("float32")
    return (inputs, kernel), r.some(strides=lambda: r.choice([1, 2]), padding=r.choice(["valid", "same", "SAME"]),
                                    dilation_rate=lambda: r.choice([1, 2]))  # fmt: skip


@names("depthwise_conv")
def depthwise_conv(r: Draw) -> Arguments:
    n = r.randint(1, 2)
    inputs = r.numbers((2, *(r.randint(3, 6) for _ in range(n)), 3), -1, 1).astype("float32")
    kernel = r.numbers((*(r.randint(1, 3) for _ in range(n)), 3, r.randint(1, 2)), -1, 1).astype("float32")
    return (inputs, kernel), r.some(strides=lambda: r.choice([1, 2]), padding=r.choice(["valid", "same"]))


@names("separable_conv")
def separable_conv(r: Draw) -> Arguments:
    (inputs, kernel), options = depthwise_conv(r)
    point = r.numbers((*(1 for _ in range(inputs.ndim - 2)), 3 * kernel.shape[-1], 2), -1, 1).astype("float32")
    return (inputs, kernel, point), options


@names("conv_transpose")
def conv_transpose(r: Draw) -> Arguments:
    n = r.randint(1, 2)
    inputs = r.numbers((2, *(r.randint(2, 5) for _ in range(n)), 3), -1, 1).astype("float32")
    kernel = r.numbers((*(r.randint(1, 3) for _ in range(n)), 2, 3), -1, 1).astype("float32")
    return (inputs, kernel), r.some(strides=lambda: r.choice([1, 2, 3]), padding=r.choice(["valid", "same"]))


@names("max_pool average_pool")
def pool(r: Draw) -> Arguments:
    n = r.randint(1, 3)
    inputs = r.numbers((2, *(r.randint(3, 6) for _ in range(n)), 2), -1, 1).astype("float32")
    size = r.choice([2, 3, tuple(r.randint(1, 3) for _ in range(n))])
    return (inputs, size), r.some(strides=lambda: r.choice([1, 2, None]), padding=r.choice(["valid", "same"]))


@names("adaptive_average_pool adaptive_max_pool")
def adaptive_pool(r: Draw) -> Arguments:
    n = r.randint(1, 3)
    inputs = r.numbers((2, *(r.randint(3, 6) for _ in range(n)), 2), -1, 1).astype("float32")
    return (inputs, r.choice([1, 2, tuple(r.randint(1, 3) for _ in range(n))])), {}


@names("depth_to_space space_to_depth")
def depth_to_space(r: Draw) -> Arguments:
    return (r.array((2, 4, 4, 4), "f", edges=0, plain=False), r.choice([1, 2, 3])), {}


@names("dot_product_attention")
def attention(r: Draw) -> Arguments:
    heads = lambda n: r.numbers((2, n, 2, 4), -1, 1).astype("float32")  # noqa: E731
    mask = {"mask": r.numbers((2, 2, 3, 5), -1, 1) > -0.5} if r.random() < 0.3 else {}
    return (heads(3), heads(5), heads(5)), {**mask, **r.some(scale=0.3, is_causal=r.flag)}


@names("unfold")
def unfold(r: Draw) -> Arguments:
    return (r.array((2, 3, 4, 5), "f", edges=0, plain=False), r.choice([1, 2, (2, 1)])), r.some(
        dilation=lambda: r.choice([1, 2]), padding=lambda: r.choice([0, 1]), stride=lambda: r.choice([1, 2])
    )


@names("binary_crossentropy")
def binary_crossentropy(r: Draw) -> Arguments:
    shape = r.shape(1, 3, 0)
    return (r.array(shape, "f", 0, 1, edges=0), r.array(shape, "f", 0, 1, edges=0)), r.some(from_logits=r.flag)


@names("categorical_crossentropy")
def categorical_crossentropy(r: Draw) -> Arguments:
    shape = r.shape(1, 3, 0)
    return (r.array(shape, "f", 0, 1, edges=0), r.array(shape, "f", 0, 1, edges=0)), r.some(
        from_logits=r.flag, axis=lambda: r.axis(len(shape))
    )


@names("sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(r: Draw) -> Arguments:
    shape = r.shape(0, 2, 0)
    return (r.array(shape, "i", 0, 3), r.array((*shape, 3), "f", 0.01, 1, edges=0)), r.some(from_logits=r.flag)


@names("ctc_loss")
def ctc_loss(r: Draw) -> Arguments:
    return (np.array([[1, 2, 1], [2, 1, 0]]), r.numbers((2, 6, 4), -1, 1).astype("float32"), np.array([3, 2]),
            np.array([6, r.randint(4, 6)])), {}  # fmt: skip


@names("rearrange")
def rearrange(r: Draw) -> Arguments:
    pattern, options = r.choice([("b h w -> b w h", {}), ("b h w -> b (h w)", {}), ("(a b) h w -> a b h w", {"a": 2})])
    return (r.array((4, 2, 3), plain=False), pattern), options


@names("psnr")
def psnr(r: Draw) -> Arguments:
    x = image(r)
    return (x, r.numbers(r.shape_of(x), 0, 1).astype("float32"), r.choice([1, 255.0])), {}


@names("rgb_to_grayscale rgb_to_hsv hsv_to_rgb", "ops.image")
def colours(r: Draw) -> Arguments:
    return (image(r),), {}


@names("resize", "ops.image")
def resize(r: Draw) -> Arguments:
    options = r.some(
        interpolation=lambda: r.choice(["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area", "wrong"])
    )
    if r.random() < 0.3:
        options[r.choice(["crop_to_aspect_ratio", "pad_to_aspect_ratio"])] = True
    return (image(r, kinds="fffi", high=9), r.choice([(4, 5), (2, 2), [7, 3]])), {**options, **r.some(antialias=r.flag)}


@names("crop_images pad_images", "ops.image")
def crop(r: Draw) -> Arguments:
    return (image(r),), {"target_height": r.randint(2, 7), "target_width": r.randint(2, 7)}


@names("crop_images", "ops.image")
def crop_images(r: Draw) -> Arguments:
    names = ("top_cropping", "left_cropping", "bottom_cropping", "right_cropping")
    return (image(r),), {name: r.randint(0, 2) for name in names} if r.flag() else crop(r)[1]


@names("pad_images", "ops.image")
def pad_images(r: Draw) -> Arguments:
    names = ("top_padding", "left_padding", "bottom_padding", "right_padding")
    return (image(r),), {name: r.randint(0, 2) for name in names} if r.flag() else crop(r)[1]


@names("extract_patches", "ops.image")
def extract_patches(r: Draw) -> Arguments:
    return (image(r), r.choice([1, 2, (2, 1)])), r.some(
        strides=lambda: r.choice([1, 2]), padding=r.choice(["valid", "same"])
    )


@names("extract_patches_3d", "ops.image")
def extract_patches_3d(r: Draw) -> Arguments:
    return (r.array((2, 4, 4, 4, 2), "f", edges=0, plain=False), r.choice([1, 2])), r.some(
        padding=r.choice(["valid", "same"])
    )


@names("affine_transform", "ops.image")
def affine_transform(r: Draw) -> Arguments:
    x = image(r)
    batch = (2,) if r.rank(x) == 4 else ()
    transform = np.tile([1.0, 0.1, 0.5, 0, 0.9, 0, 0, 0], (*batch, 1) if batch else 1) + r.numbers((*batch, 8), 0, 0.01)
    return (x, transform.astype("float32")), r.some(interpolation=lambda: r.choice(["bilinear", "nearest"]),
        fill_mode=lambda: r.choice(["constant", "nearest", "wrap", "mirror", "reflect"]), fill_value=1.0)  # fmt: skip


@names("map_coordinates", "ops.image")
def map_coordinates(r: Draw) -> Arguments:
    return (
        r.array((4, 5), "f", edges=0, plain=False),
        r.numbers((2, 3), -1, 5).astype("float32"),
        r.choice([0, 1]),
    ), r.some(fill_mode=lambda: r.choice(["constant", "nearest", "wrap", "mirror", "reflect"]), fill_value=1.0)


@names("perspective_transform", "ops.image")
def perspective_transform(r: Draw) -> Arguments:
    x = image(r)
    corners = np.array([[0, 0], [0, 4], [4, 0], [4, 4]], "float32")
    corners = np.tile(corners, (2, 1, 1)) if r.rank(x) == 4 else corners
    return (x, corners, (corners + r.numbers(corners.shape, -0.5, 0.5)).astype("float32")), r.some(
        interpolation=lambda: r.choice(["bilinear", "nearest"]), fill_value=1.0
    )


@names("gaussian_blur", "ops.image")
def gaussian_blur(r: Draw) -> Arguments:
    return (image(r),), r.some(
        kernel_size=lambda: r.choice([(3, 3), (3, 5)]), sigma=lambda: r.choice([(1.0, 1.0), (0.5, 2.0)])
    )


@names("sobel_edges", "ops.image")
def sobel_edges(r: Draw) -> Arguments:
    return (image(r),), {}


@names("ssim", "ops.image")
def ssim(r: Draw) -> Arguments:
    x, y = (r.numbers((2, 12, 12, 3), 0, 1).astype("float32") for _ in "ab")
    return (x, y), r.some(max_val=2.0, filter_size=lambda: r.choice([5, 11]))


@names("scale_and_translate", "ops.image")
def scale_and_translate(r: Draw) -> Arguments:
    x = r.array((4, 5, 2), "f", 0, 1, edges=0, plain=False)
    method = r.choice(["linear", "bilinear", "cubic", "lanczos3", "lanczos5"])
    scale, translation = np.array([1.5, 0.8], "float32"), np.array([0.2, 0.5], "float32")
    return (x, (6, 4, 2), scale, translation, (0, 1), method), r.some(antialias=r.flag)


@names("normal truncated_normal", "random")
def normal(r: Draw) -> Arguments:
    return (r.choice([r.shape(), list(r.shape())]),), r.some(mean=1.0, stddev=2.0, dtype=r.dtype_or_none, seed=3)


@names("uniform", "random")
def uniform(r: Draw) -> Arguments:
    return (r.shape(),), r.some(minval=-1, maxval=2.0, dtype=r.dtype_or_none, seed=3)


@names("randint", "random")
def randint(r: Draw) -> Arguments:
    return (r.shape(), r.size(0, 2), r.size(3, 5)), r.some(dtype=r.dtype_or_none, seed=3)


@names("categorical", "random")
def categorical(r: Draw) -> Arguments:
    return (r.array((*r.shape(0, 2, 0), 3), "f", edges=0, plain=False), r.size(1, 3)), r.some(
        dtype=r.dtype_or_none, seed=3
    )


@names("dropout", "random")
def dropout(r: Draw) -> Arguments:
    return (r.array(kinds="fffi", plain=False), r.choice([0.0, 0.5, 0.3])), {"seed": 3}


@names("shuffle", "random")
def shuffle(r: Draw) -> Arguments:
    x = r.array(least=1, plain=False)
    return (x,), r.some(axis=lambda: r.axis(r.rank(x)), seed=3)


@names("gamma", "random")
def gamma(r: Draw) -> Arguments:
    return (r.shape(), r.choice([1.0, 2, 0.5])), r.some(dtype=r.dtype_or_none, seed=3)


@names("beta", "random")
def beta(r: Draw) -> Arguments:
    return (r.shape(), r.choice([1.0, 2]), r.choice([1.0, 0.5])), r.some(dtype=r.dtype_or_none, seed=3)


@names("binomial", "random")
def binomial(r: Draw) -> Arguments:
    return (r.shape(), r.choice([3, 5.0]), r.choice([0.5, 0.2])), r.some(dtype=r.dtype_or_none, seed=3)
