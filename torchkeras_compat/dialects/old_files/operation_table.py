"""Operations of TensorFlow's graphs, and the functions of `tf` that they are: names, inputs and settings.

Source: TensorFlow's registered operations (tf.raw_ops), of which `tf.*` is made.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torchkeras_compat.dialects.old_files.meanings import meaning_of
from torchkeras_compat.dialects.saved_functions import function_at

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """What an operation is.

    Args:
        path: Of the function, as in `saved_functions`.
        inputs: What the inputs are called there, in order.
        gathers: Which of them is a list of tensors; None for none.
        attributes: Settings of the operation, and the arguments that they are.
        fixed: Arguments that the operation does not have.
        change: What is done with the arguments at last.
    """

    path: str
    inputs: tuple[str, ...]
    gathers: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    fixed: Arguments = field(default_factory=dict)
    change: Callable[[Arguments], None] | None = None


def _none_if_empty(given: Arguments) -> None:
    given["axis"] = given.get("axis") or None


def _explicit(given: Arguments) -> None:
    """Paddings as pairs, which the operation holds in one row."""
    row = given.pop("explicit_paddings", None) or []
    if given.get("padding") == "EXPLICIT":
        given["padding"] = [row[i : i + 2] for i in range(0, len(row), 2)]


def _depthwise(given: Arguments) -> None:
    """Dilations of height and width, which the operation holds for all four axes."""
    _explicit(given)
    dilations = given.pop("all_dilations", None)
    if dilations is not None:
        given["dilations"] = dilations[2:] if str(given.get("data_format")).startswith("NC") else dilations[1:3]


def _one_hot(given: Arguments) -> None:
    """Ones and zeros are what the dtype says anyway; other numbers are of that dtype."""
    names = ("on_value", "off_value")
    if [given.get(name) for name in names] == [1, 0]:
        for name in names:
            del given[name]
    for name in names:
        if isinstance(given.get(name), (bool, int, float)):
            given[name] = {"class_name": "__tensor__", "config": {"value": given[name], "dtype": given["dtype"]}}


def _bincount(given: Arguments) -> None:
    """The length is exactly that size; weights without elements are none."""
    given["minlength"] = given["maxlength"]
    weights = given.get("weights")
    if isinstance(weights, dict) and weights.get("class_name") == "__tensor__":
        del given["weights"]


# Operations that are functions of the same inputs, in the same order.
_SAME = """
Abs abs, ComplexAbs abs, Neg negative, Sign sign, Sqrt sqrt, Rsqrt math.rsqrt, Square square, Exp exp, Expm1 math.expm1,
Log math.log, Log1p math.log1p, Sin sin, Cos cos, Tan tan, Asin asin, Acos acos, Atan atan, Sinh sinh, Cosh cosh,
Tanh tanh, Asinh asinh, Acosh acosh, Atanh atanh, Sigmoid sigmoid, Relu nn.relu, Relu6 nn.relu6, Elu nn.elu,
Selu nn.selu, Softplus nn.softplus, Softsign nn.softsign, Softmax nn.softmax, LogSoftmax nn.log_softmax, Floor floor,
Ceil math.ceil, Round round, Rint math.rint, Reciprocal math.reciprocal, Inv math.reciprocal, Erf math.erf,
Erfc math.erfc, Erfinv math.erfinv, Ndtri math.ndtri, Lgamma math.lgamma, Digamma math.digamma, IsNan math.is_nan,
IsInf math.is_inf, IsFinite math.is_finite, LogicalNot logical_not, Identity identity, Snapshot identity,
StopGradient stop_gradient, PreventGradient stop_gradient, OnesLike ones_like, ZerosLike zeros_like,
Invert bitwise.invert, L2Loss nn.l2_loss, Rank rank, Add add, AddV2 add, Sub subtract, Mul multiply, RealDiv divide,
Div compat.v1.div, FloorDiv math.floordiv, FloorMod math.floormod, Mod truncatemod, TruncateDiv truncatediv,
TruncateMod truncatemod, Pow pow, Maximum maximum, Minimum minimum, SquaredDifference math.squared_difference,
DivNoNan math.divide_no_nan, MulNoNan math.multiply_no_nan, Atan2 math.atan2, Xdivy math.xdivy, Xlogy math.xlogy,
Xlog1py math.xlog1py, Zeta math.zeta, Polygamma math.polygamma, Igamma math.igamma, Igammac math.igammac,
Betainc math.betainc, NextAfter math.nextafter, Greater greater, GreaterEqual greater_equal, Less less,
LessEqual less_equal, Equal equal, NotEqual not_equal, LogicalAnd logical_and, LogicalOr logical_or,
BitwiseAnd bitwise.bitwise_and, BitwiseOr bitwise.bitwise_or, BitwiseXor bitwise.bitwise_xor,
LeftShift bitwise.left_shift, RightShift bitwise.right_shift, Slice slice, Reshape reshape, ExpandDims expand_dims,
Tile tile, Pad pad, BroadcastTo broadcast_to, ReverseV2 reverse, GatherNd gather_nd, Range range, Cross linalg.cross,
ClipByValue clip_by_value, SpaceToBatchND space_to_batch, BatchToSpaceND batch_to_space, SelectV2 where, Where where,
Select where, TensorScatterUpdate tensor_scatter_nd_update, TensorScatterAdd tensor_scatter_nd_add,
TensorScatterSub tensor_scatter_nd_sub, TensorScatterMax tensor_scatter_nd_max,
TensorScatterMin tensor_scatter_nd_min, ScatterNd scatter_nd, Roll roll, LinSpace linspace,
InvertPermutation math.invert_permutation, SegmentSum math.segment_sum, SegmentMean math.segment_mean,
SegmentMax math.segment_max, SegmentMin math.segment_min, SegmentProd math.segment_prod,
UnsortedSegmentSum math.unsorted_segment_sum, UnsortedSegmentMax math.unsorted_segment_max,
UnsortedSegmentMin math.unsorted_segment_min, UnsortedSegmentProd math.unsorted_segment_prod,
MatrixBandPart linalg.band_part, MatrixDiag linalg.diag, MatrixDiagPart linalg.diag_part,
MatrixSetDiag linalg.set_diag, Diag linalg.tensor_diag, DiagPart linalg.tensor_diag_part, Cholesky linalg.cholesky,
MatrixDeterminant linalg.det, LogMatrixDeterminant linalg.slogdet, MatrixExponential linalg.expm,
MatrixSquareRoot linalg.sqrtm, SelfAdjointEigV2 linalg.eigh, FFT signal.fft, FFT2D signal.fft2d, FFT3D signal.fft3d,
IFFT signal.ifft, IFFT2D signal.ifft2d, IFFT3D signal.ifft3d, RFFT signal.rfft, RFFT2D signal.rfft2d,
IRFFT signal.irfft, IRFFT2D signal.irfft2d, RGBToHSV image.rgb_to_hsv, HSVToRGB image.hsv_to_rgb,
AdjustContrastv2 image.adjust_contrast, AdjustHue image.adjust_hue, AdjustSaturation image.adjust_saturation,
BroadcastArgs broadcast_dynamic_shape, Conj math.conj, Real math.real, Imag math.imag, Angle math.angle,
Complex complex, BesselI0e math.bessel_i0e, BesselI1e math.bessel_i1e, BesselI0 math.special.bessel_i0,
BesselI1 math.special.bessel_i1, HistogramFixedWidth histogram_fixed_width, MatrixLogarithm linalg.logm
"""
# Operation, function, inputs where they have other places, a star for a list of them; and settings after a bar.
_OTHERS = """
Sum reduce_sum | keep_dims:keepdims
Mean reduce_mean | keep_dims:keepdims
Max reduce_max | keep_dims:keepdims
Min reduce_min | keep_dims:keepdims
Prod reduce_prod | keep_dims:keepdims
All reduce_all | keep_dims:keepdims
Any reduce_any | keep_dims:keepdims
EuclideanNorm math.reduce_euclidean_norm | keep_dims:keepdims
ArgMax argmax | output_type
ArgMin argmin | output_type
Cast cast | DstT:dtype
Bitcast bitcast | type
Shape shape | out_type
Size size | out_type
MatMul matmul | transpose_a transpose_b
BatchMatMul matmul | adj_x:adjoint_a adj_y:adjoint_b
BatchMatMulV2 matmul | adj_x:adjoint_a adj_y:adjoint_b
BatchMatMulV3 matmul | adj_x:adjoint_a adj_y:adjoint_b
ConcatV2 concat *values axis
Concat concat axis *values
Pack stack *values | axis
Unpack unstack | axis num
AddN add_n *inputs
IdentityN identity_n *input
Split split axis value | num_split:num_or_size_splits
SplitV split value num_or_size_splits axis
StridedSlice strided_slice | begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask
Squeeze squeeze | squeeze_dims:axis
Transpose transpose
PadV2 pad tensor paddings constant_values
MirrorPad pad tensor paddings | mode
Gather gather params indices
GatherV2 gather params indices axis | batch_dims
OneHot one_hot indices depth on_value off_value | axis T:dtype
Fill fill dims value
Cumsum cumsum | exclusive reverse
Cumprod math.cumprod | exclusive reverse
CumulativeLogsumexp math.cumulative_logsumexp | exclusive reverse
TopKV2 math.top_k | sorted
TopK math.top_k | k sorted
InTopKV2 math.in_top_k predictions targets k
ResizeBilinear compat.v1.image.resize_bilinear | align_corners half_pixel_centers
ResizeNearestNeighbor compat.v1.image.resize_nearest_neighbor | align_corners half_pixel_centers
ResizeBicubic compat.v1.image.resize_bicubic | align_corners half_pixel_centers
ResizeArea compat.v1.image.resize_area | align_corners
CropAndResize image.crop_and_resize image boxes box_indices crop_size | method extrapolation_value
ExtractImagePatches image.extract_patches | ksizes:sizes strides rates padding
BiasAdd nn.bias_add | data_format
LeakyRelu nn.leaky_relu | alpha
Conv2D nn.conv2d | strides padding explicit_paddings data_format dilations
Conv3D nn.conv3d | strides padding data_format dilations
Conv2DBackpropInput nn.conv2d_transpose output_shape filters input | strides padding data_format dilations
DepthwiseConv2dNative nn.depthwise_conv2d | strides padding explicit_paddings data_format dilations:all_dilations
MaxPool nn.max_pool | ksize strides padding data_format
AvgPool nn.avg_pool | ksize strides padding data_format
MaxPool3D nn.max_pool3d | ksize strides padding data_format
AvgPool3D nn.avg_pool3d | ksize strides padding data_format
LRN nn.local_response_normalization | depth_radius bias alpha beta
SpaceToDepth nn.space_to_depth | block_size data_format
DepthToSpace nn.depth_to_space | block_size data_format
SoftmaxCrossEntropyWithLogits nn.softmax_cross_entropy_with_logits logits labels
SparseSoftmaxCrossEntropyWithLogits nn.sparse_softmax_cross_entropy_with_logits logits labels
MatrixInverse linalg.inv | adjoint
MatrixSolve linalg.solve | adjoint
MatrixTriangularSolve linalg.triangular_solve | lower adjoint
MatrixDiagV2 linalg.diag diagonal k num_rows num_cols padding_value
MatrixDiagV3 linalg.diag diagonal k num_rows num_cols padding_value | align
MatrixDiagPartV2 linalg.diag_part input k padding_value
MatrixDiagPartV3 linalg.diag_part input k padding_value | align
MatrixSetDiagV2 linalg.set_diag input diagonal k
MatrixSetDiagV3 linalg.set_diag input diagonal k | align
Qr linalg.qr | full_matrices
Svd linalg.svd | full_matrices compute_uv
ReverseSequence reverse_sequence | seq_dim:seq_axis batch_dim:batch_axis
Dilation2D nn.dilation2d | strides padding rates:dilations
FakeQuantWithMinMaxArgs quantization.fake_quant_with_min_max_args | min max num_bits narrow_range
FakeQuantWithMinMaxVars quantization.fake_quant_with_min_max_vars | num_bits narrow_range
FakeQuantWithMinMaxVarsPerChannel quantization.fake_quant_with_min_max_vars_per_channel | num_bits narrow_range
Einsum einsum *inputs | equation
CheckNumerics debugging.check_numerics x | message
ShapeN shape_n *input | out_type
DynamicPartition dynamic_partition | num_partitions
UnravelIndex unravel_index
Unique unique | out_idx
UniqueWithCounts unique_with_counts | out_idx
Lu linalg.lu | output_idx_type
MaxPoolWithArgmax nn.max_pool_with_argmax | ksize strides padding include_batch_in_index
DenseBincount math.bincount arr maxlength weights | binary_output
RandomShuffle random.shuffle
RandomUniform random.uniform shape | dtype
RandomStandardNormal random.normal shape | dtype
TruncatedNormal random.truncated_normal shape | dtype
RandomUniformInt random.uniform shape minval maxval | Tout:dtype
LowerBound searchsorted | out_type
UpperBound searchsorted | out_type
"""
_CHANGES: dict[str, Callable[[Arguments], None]] = {
    "Squeeze": _none_if_empty,
    "OneHot": _one_hot,
    "DenseBincount": _bincount,
    "Conv2D": _explicit,
    "DepthwiseConv2dNative": _depthwise,
}
_FIXED: dict[str, Arguments] = {"UpperBound": {"side": "right"}}


@functools.cache
def _rows() -> dict[str, tuple[str, list[str], dict[str, str]]]:
    found: dict[str, tuple[str, list[str], dict[str, str]]] = {}
    for pair in _SAME.replace("\n", " ").split(","):
        op, symbol = pair.split()
        found[op] = (symbol, [], {})
    for line in _OTHERS.strip().splitlines():
        words, _, settings = line.partition("|")
        op, symbol, *inputs = words.split()
        pairs = (setting.partition(":") for setting in settings.split())
        found[op] = (symbol, inputs, {attribute: argument or attribute for attribute, _, argument in pairs})
    return found


def row_of(op: str) -> Row | None:
    """Return what an operation is; None if it is not known.

    Example:
        >>> row_of("Mean").path, row_of("Mean").inputs[:2], row_of("PyFunc")
        ('tf.reduce_mean', ('input_tensor', 'axis'), None)
    """
    found = _rows().get(op)
    if found is None:
        return None
    symbol, inputs, attributes = found
    path = meaning_of(symbol).path
    gathers = next((name[1:] for name in inputs if name.startswith("*")), None)
    taken = set(attributes.values())
    names = [name.removeprefix("*") for name in inputs]
    names = names or [name for name in inspect.signature(function_at(path)[0]).parameters if name not in taken]
    return Row(path, tuple(names), gathers, attributes, _FIXED.get(op, {}), _CHANGES.get(op))
