"""A table of how to draw the arguments of each layer, by the rank of the tensor that it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fuzz.draw import Draw

Shape = tuple[int | None, ...]
Config = dict[str, Any]
ACTIVATIONS = [None, *"relu tanh sigmoid softplus elu gelu silu selu leaky_relu softmax mish".split()]
REGULARIZERS = [None, None, None, "l2", "l1"]
CONSTRAINTS = [None, None, None, "non_neg", "unit_norm", "max_norm"]
INITIALIZERS = ["glorot_uniform", "he_normal", "ones", "zeros", "random_normal", "lecun_uniform"]
# Rank of the input (with the axis of the batch) -> the layers that take it.
LayerRecipe = Callable[[Draw, Shape], Config]
TABLE: dict[int, dict[str, LayerRecipe]] = {2: {}, 3: {}, 4: {}, 5: {}}


def layers(text: str, ranks: tuple[int, ...]) -> Callable[[LayerRecipe], LayerRecipe]:
    """Register how to draw the arguments of these layers."""

    def register(recipe: LayerRecipe) -> LayerRecipe:
        for rank in ranks:
            TABLE[rank].update(dict.fromkeys(text.split(), recipe))
        return recipe

    return register


def weights(r: Draw, prefixes: tuple[str, ...] = ("kernel", "bias")) -> Config:
    """Initializers, regularizers and constraints, some of them."""
    found: Config = {}
    for prefix in prefixes:
        if r.random() < 0.2:
            found[f"{prefix}_initializer"] = r.choice(INITIALIZERS)
        if r.random() < 0.2:
            found[f"{prefix}_regularizer"] = r.choice(REGULARIZERS)
        if r.random() < 0.15:
            found[f"{prefix}_constraint"] = r.choice(CONSTRAINTS)
    return found


ANY = (2, 3, 4, 5)


@layers("Dense", (2, 3, 4))
def dense(r: Draw, shape: Shape) -> Config:
    return {"units": r.randint(1, 5), "activation": r.choice(ACTIVATIONS), **r.some(use_bias=r.flag), **weights(r)}


@layers("Activation", ANY)
def activation(r: Draw, shape: Shape) -> Config:
    return {"activation": r.choice(ACTIVATIONS[1:])}


@layers("ReLU", ANY)
def relu(r: Draw, shape: Shape) -> Config:
    return r.some(max_value=2.0, negative_slope=0.1, threshold=0.2)


@layers("LeakyReLU", ANY)
def leaky_relu(r: Draw, shape: Shape) -> Config:
    return r.some(negative_slope=0.2)


@layers("ELU", ANY)
def elu(r: Draw, shape: Shape) -> Config:
    return r.some(alpha=0.5)


@layers("PReLU", ANY)
def prelu(r: Draw, shape: Shape) -> Config:
    return {"alpha_initializer": r.choice(["zeros", "ones", "random_normal"]), **r.some(shared_axes=[1])}


@layers("Softmax LayerNormalization RMSNormalization UnitNormalization", ANY)
def along_axis(r: Draw, shape: Shape) -> Config:
    return r.some(axis=lambda: r.choice([-1, len(shape) - 1]))


@layers("BatchNormalization", ANY)
def batch_normalization(r: Draw, shape: Shape) -> Config:
    options = r.some(momentum=0.8, epsilon=1e-2, center=r.flag, scale=r.flag)
    return {**options, **(r.some(axis=1) if None not in shape[1:] else {}), **weights(r, ("gamma", "beta"))}


@layers("GroupNormalization", (3, 4, 5))
def group_normalization(r: Draw, shape: Shape) -> Config:
    divisors = [n for n in range(1, shape[-1] + 1) if shape[-1] % n == 0]
    return {"groups": r.choice([*divisors, -1]), **r.some(epsilon=1e-2)}


@layers("SpectralNormalization", (2, 3))
def spectral_normalization(r: Draw, shape: Shape) -> Config:
    return {"layer": ("Dense", {"units": r.randint(1, 4)})}


@layers("Dropout GaussianDropout AlphaDropout", ANY)
def dropout(r: Draw, shape: Shape) -> Config:
    return {"rate": r.choice([0.0, 0.3]), **r.some(seed=3)}


@layers("GaussianNoise", ANY)
def gaussian_noise(r: Draw, shape: Shape) -> Config:
    return {"stddev": r.choice([0.0, 0.5])}


@layers("SpatialDropout1D", (3,))
@layers("SpatialDropout2D", (4,))
@layers("SpatialDropout3D", (5,))
def spatial_dropout(r: Draw, shape: Shape) -> Config:
    return {"rate": r.choice([0.0, 0.3])}


@layers("ActivityRegularization", ANY)
def activity_regularization(r: Draw, shape: Shape) -> Config:
    return r.some(l1=0.1, l2=0.2)


@layers("Rescaling", ANY)
def rescaling(r: Draw, shape: Shape) -> Config:
    return {"scale": r.choice([2, 0.5]), **r.some(offset=0.5)}


@layers("Identity", ANY)
@layers("Flatten", ANY)
def nothing(r: Draw, shape: Shape) -> Config:
    return {}


@layers("RepeatVector", (2,))
def repeat_vector(r: Draw, shape: Shape) -> Config:
    return {"n": r.randint(1, 3)}


@layers("Reshape", (2, 3, 4))
def reshape(r: Draw, shape: Shape) -> Config:
    return {"target_shape": r.choice([(-1,), (1, -1), (-1, shape[-1]), (-1, 1, shape[-1])])}


@layers("Permute", (3, 4, 5))
def permute(r: Draw, shape: Shape) -> Config:
    return {"dims": tuple(r.sample(range(1, len(shape)), len(shape) - 1))}


@layers("Masking", (3,))
def masking(r: Draw, shape: Shape) -> Config:
    return r.some(mask_value=0.0)


@layers("EinsumDense", (2, 3))
def einsum_dense(r: Draw, shape: Shape) -> Config:
    if len(shape) == 2:
        return {"equation": "ab,bc->ac", "output_shape": r.randint(1, 4), **r.some(bias_axes="c")}
    equation = r.choice(["abc,cd->abd", "...c,cd->...d"])
    return {"equation": equation, "output_shape": (None, r.randint(1, 4)), "bias_axes": "d"}


def recurrent(r: Draw) -> Config:
    options = r.some(activation=lambda: r.choice(["tanh", "relu", "sigmoid"]), use_bias=r.flag)
    return {"units": r.randint(1, 4), **options, **weights(r, ("kernel", "recurrent", "bias"))}


def sequences(r: Draw) -> Config:
    return r.some(return_sequences=r.flag, go_backwards=r.flag, unroll=r.random() < 0.2)


@layers("SimpleRNN", (3,))
def simple_rnn(r: Draw, shape: Shape) -> Config:
    return {**recurrent(r), **sequences(r)}


@layers("LSTM", (3,))
def lstm(r: Draw, shape: Shape) -> Config:
    gates = r.some(recurrent_activation=lambda: r.choice(["sigmoid", "hard_sigmoid"]), unit_forget_bias=r.flag)
    return {**recurrent(r), **sequences(r), **gates}


@layers("GRU", (3,))
def gru(r: Draw, shape: Shape) -> Config:
    return {**recurrent(r), **sequences(r), **r.some(reset_after=r.flag)}


@layers("Bidirectional", (3,))
def bidirectional(r: Draw, shape: Shape) -> Config:
    name = r.choice(["LSTM", "GRU", "SimpleRNN"])
    config = {**recurrent(r), **r.some(return_sequences=r.flag)}
    return {"layer": (name, config), **r.some(merge_mode=lambda: r.choice(["concat", "sum", "mul", "ave"]))}


@layers("RNN", (3,))
def rnn(r: Draw, shape: Shape) -> Config:
    name = r.choice(["LSTMCell", "GRUCell", "SimpleRNNCell"])
    cells = [(name, recurrent(r)) for _ in range(r.randint(1, 2))]
    return {"cell": cells[0] if len(cells) == 1 else cells, **sequences(r)}


@layers("TimeDistributed", (3, 4, 5))
def time_distributed(r: Draw, shape: Shape) -> Config:
    inner = [("Dense", {"units": r.randint(1, 4), "activation": r.choice(ACTIVATIONS)})]
    if len(shape) == 4:
        inner.append(("Conv1D", {"filters": 2, "kernel_size": 1}))
    if len(shape) == 5:
        inner = [("Conv2D", {"filters": 2, "kernel_size": 1}), ("Flatten", {}), ("GlobalMaxPooling2D", {})]
    return {"layer": r.choice(inner)}


def window(r: Draw, rank: int, most: int = 3) -> Any:
    """A size for all axes, or one for each."""
    return r.randint(1, most) if r.flag() else tuple(r.randint(1, most) for _ in range(rank))


def convolution(r: Draw, shape: Shape) -> Config:
    rank = len(shape) - 2
    options = {"kernel_size": window(r, rank), "padding": r.choice(["valid", "same"])}
    options["activation"] = r.choice(ACTIVATIONS)
    if rank == 1 and r.random() < 0.2:
        options["padding"] = "causal"
    return {**options, **r.some(use_bias=r.flag, strides=lambda: r.choice([1, 2]))}


@layers("Conv1D", (3,))
@layers("Conv2D", (4,))
@layers("Conv3D", (5,))
def conv(r: Draw, shape: Shape) -> Config:
    groups = {"groups": 2, "filters": 4} if shape[-1] and shape[-1] % 2 == 0 and r.random() < 0.3 else {}
    found = {"filters": r.randint(1, 4), **convolution(r, shape), **groups, **weights(r)}
    return {**found, **({} if found.get("strides", 1) != 1 else r.some(dilation_rate=lambda: r.choice([1, 2])))}


@layers("SeparableConv1D", (3,))
@layers("SeparableConv2D", (4,))
def separable_conv(r: Draw, shape: Shape) -> Config:
    return {"filters": r.randint(1, 4), **convolution(r, shape), **r.some(depth_multiplier=2)}


@layers("DepthwiseConv1D", (3,))
@layers("DepthwiseConv2D", (4,))
def depthwise_conv(r: Draw, shape: Shape) -> Config:
    found = {**convolution(r, shape), **r.some(depth_multiplier=2)}
    return {**found, "padding": "same"} if found["padding"] == "causal" else found


@layers("Conv1DTranspose", (3,))
@layers("Conv2DTranspose", (4,))
@layers("Conv3DTranspose", (5,))
def conv_transpose(r: Draw, shape: Shape) -> Config:
    found = {"filters": r.randint(1, 3), **convolution(r, shape)}
    return {**found, "padding": "same"} if found["padding"] == "causal" else found


@layers("ConvLSTM1D", (4,))
@layers("ConvLSTM2D", (5,))
def conv_lstm(r: Draw, shape: Shape) -> Config:
    return {"filters": r.randint(1, 3), "kernel_size": window(r, len(shape) - 3), "padding": "same", **sequences(r)}


@layers("MaxPooling1D", (3,))
@layers("MaxPooling2D", (4,))
@layers("MaxPooling3D", (5,))
def pooling(r: Draw, shape: Shape) -> Config:
    rank = len(shape) - 2
    found = {"pool_size": window(r, rank), "padding": r.choice(["valid", "same"])}
    return {**found, **r.some(strides=lambda: r.choice([1, 2]))}


@layers("AveragePooling1D", (3,))
@layers("AveragePooling2D", (4,))
@layers("AveragePooling3D", (5,))
def average_pooling(r: Draw, shape: Shape) -> Config:
    return {**pooling(r, shape), "padding": "valid"}  # padding: see the reason for ops.average_pool


@layers("GlobalMaxPooling1D GlobalAveragePooling1D", (3,))
@layers("GlobalMaxPooling2D GlobalAveragePooling2D", (4,))
@layers("GlobalMaxPooling3D GlobalAveragePooling3D", (5,))
def global_pooling(r: Draw, shape: Shape) -> Config:
    return r.some(keepdims=r.flag)


@layers("AdaptiveAveragePooling1D AdaptiveMaxPooling1D", (3,))
@layers("AdaptiveAveragePooling2D AdaptiveMaxPooling2D", (4,))
def adaptive_pooling(r: Draw, shape: Shape) -> Config:
    return {"output_size": window(r, len(shape) - 2)}


@layers("UpSampling1D", (3,))
@layers("UpSampling2D", (4,))
@layers("UpSampling3D", (5,))
def up_sampling(r: Draw, shape: Shape) -> Config:
    bilinear = r.some(interpolation=lambda: r.choice(["nearest", "bilinear"])) if len(shape) == 4 else {}
    return {"size": r.randint(1, 2) if len(shape) == 3 else window(r, len(shape) - 2, 2), **bilinear}


@layers("ZeroPadding1D", (3,))
@layers("ZeroPadding2D", (4,))
@layers("ZeroPadding3D", (5,))
def zero_padding(r: Draw, shape: Shape) -> Config:
    rank = len(shape) - 2
    pairs = tuple((r.randint(0, 2), r.randint(0, 2)) for _ in range(rank))
    return {"padding": r.choice([r.randint(0, 2), pairs if rank > 1 else pairs[0]])}


@layers("Cropping1D", (3,))
@layers("Cropping2D", (4,))
@layers("Cropping3D", (5,))
def cropping(r: Draw, shape: Shape) -> Config:
    return {"cropping": r.choice([0, 1, 1])}


@layers("MultiHeadAttention", (3, 4))
def multi_head_attention(r: Draw, shape: Shape) -> Config:
    options = r.some(value_dim=3, use_bias=r.flag, output_shape=4)
    return {"num_heads": r.randint(1, 2), "key_dim": r.randint(1, 4), **options}


@layers("GroupQueryAttention", (3,))
def group_query_attention(r: Draw, shape: Shape) -> Config:
    heads = {"num_query_heads": 4, "num_key_value_heads": r.choice([1, 2, 4])}
    return {"head_dim": r.randint(1, 4), **heads, **r.some(use_bias=r.flag)}


@layers("Attention", (3,))
def attention(r: Draw, shape: Shape) -> Config:
    return r.some(use_scale=r.flag, score_mode=lambda: r.choice(["dot", "concat"]))


@layers("AdditiveAttention", (3,))
def additive_attention(r: Draw, shape: Shape) -> Config:
    return r.some(use_scale=r.flag)


SELF_ATTENTION = {"MultiHeadAttention": 2, "GroupQueryAttention": 2}  # called with the tensor twice
LISTED_ATTENTION = {"Attention", "AdditiveAttention"}  # called with a list of the tensor twice
MERGING = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"]
OPERATIONS = ["relu", "tanh", "exp_of_negative", "plus", "times", "mean", "expand", "slice"]
