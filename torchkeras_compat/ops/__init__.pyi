# numpy family
from .arithmetic import add as add
from .arithmetic import divide as divide
from .arithmetic import divide_no_nan as divide_no_nan
from .arithmetic import floor_divide as floor_divide
from .arithmetic import fmax as fmax
from .arithmetic import fmin as fmin
from .arithmetic import fmod as fmod
from .arithmetic import gcd as gcd
from .arithmetic import heaviside as heaviside
from .arithmetic import hypot as hypot
from .arithmetic import lcm as lcm
from .arithmetic import ldexp as ldexp
from .arithmetic import maximum as maximum
from .arithmetic import minimum as minimum
from .arithmetic import mod as mod
from .arithmetic import multiply as multiply
from .arithmetic import nextafter as nextafter
from .arithmetic import power as power
from .arithmetic import subtract as subtract
from .arithmetic import true_divide as true_divide
from .bitwise import bitwise_and as bitwise_and
from .bitwise import bitwise_invert as bitwise_invert
from .bitwise import bitwise_left_shift as bitwise_left_shift
from .bitwise import bitwise_not as bitwise_not
from .bitwise import bitwise_or as bitwise_or
from .bitwise import bitwise_right_shift as bitwise_right_shift
from .bitwise import bitwise_xor as bitwise_xor
from .bitwise import left_shift as left_shift
from .bitwise import right_shift as right_shift
from .contraction import cross as cross
from .contraction import dot as dot
from .contraction import einsum as einsum
from .contraction import inner as inner
from .contraction import kron as kron
from .contraction import matmul as matmul
from .contraction import outer as outer
from .contraction import tensordot as tensordot
from .contraction import vdot as vdot
from .creation import array as array
from .creation import empty as empty
from .creation import empty_like as empty_like
from .creation import eye as eye
from .creation import full as full
from .creation import full_like as full_like
from .creation import identity as identity
from .creation import meshgrid as meshgrid
from .creation import ones as ones
from .creation import ones_like as ones_like
from .creation import tri as tri
from .creation import vander as vander
from .creation import zeros as zeros
from .creation import zeros_like as zeros_like
from .cumulative import cumprod as cumprod
from .cumulative import cumsum as cumsum
from .cumulative import diff as diff
from .cumulative import nancumprod as nancumprod
from .cumulative import nancumsum as nancumsum
from .cumulative import trapezoid as trapezoid
from .determinant import slogdet as slogdet
from .diagonals import diag as diag
from .diagonals import diagflat as diagflat
from .diagonals import diagonal as diagonal
from .diagonals import trace as trace
from .diagonals import tril as tril
from .diagonals import triu as triu
from .distinct import unique as unique
from .elementwise import abs as abs
from .elementwise import absolute as absolute
from .elementwise import angle as angle
from .elementwise import cbrt as cbrt
from .elementwise import ceil as ceil
from .elementwise import clip as clip
from .elementwise import conj as conj
from .elementwise import conjugate as conjugate
from .elementwise import fabs as fabs
from .elementwise import floor as floor
from .elementwise import i0 as i0
from .elementwise import imag as imag
from .elementwise import nan_to_num as nan_to_num
from .elementwise import negative as negative
from .elementwise import real as real
from .elementwise import reciprocal as reciprocal
from .elementwise import round as round
from .elementwise import sign as sign
from .elementwise import signbit as signbit
from .elementwise import sqrt as sqrt
from .elementwise import square as square
from .elementwise import trunc as trunc
from .exponential import exp as exp
from .exponential import exp2 as exp2
from .exponential import expm1 as expm1
from .exponential import log as log
from .exponential import log10 as log10
from .exponential import log1p as log1p
from .exponential import log2 as log2
from .exponential import logaddexp as logaddexp
from .exponential import logaddexp2 as logaddexp2
from .indexing import get_item as get_item
from .indexing import nonzero as nonzero
from .indexing import select as select
from .indexing import take as take
from .indexing import take_along_axis as take_along_axis
from .indexing import unravel_index as unravel_index
from .indexing import where as where
from .joining import append as append
from .joining import array_split as array_split
from .joining import concatenate as concatenate
from .joining import dsplit as dsplit
from .joining import dstack as dstack
from .joining import hsplit as hsplit
from .joining import hstack as hstack
from .joining import split as split
from .joining import stack as stack
from .joining import vsplit as vsplit
from .joining import vstack as vstack
from .logic import allclose as allclose
from .logic import equal as equal
from .logic import greater as greater
from .logic import greater_equal as greater_equal
from .logic import isclose as isclose
from .logic import isfinite as isfinite
from .logic import isin as isin
from .logic import isinf as isinf
from .logic import isnan as isnan
from .logic import isneginf as isneginf
from .logic import isposinf as isposinf
from .logic import isreal as isreal
from .logic import less as less
from .logic import less_equal as less_equal
from .logic import logical_and as logical_and
from .logic import logical_not as logical_not
from .logic import logical_or as logical_or
from .logic import logical_xor as logical_xor
from .logic import not_equal as not_equal
from .nan_reduction import nanmax as nanmax
from .nan_reduction import nanmean as nanmean
from .nan_reduction import nanmin as nanmin
from .nan_reduction import nanprod as nanprod
from .nan_reduction import nanstd as nanstd
from .nan_reduction import nansum as nansum
from .nan_reduction import nanvar as nanvar
from .quantiles import median as median
from .quantiles import nanmedian as nanmedian
from .quantiles import nanpercentile as nanpercentile
from .quantiles import nanquantile as nanquantile
from .quantiles import percentile as percentile
from .quantiles import quantile as quantile
from .ranges import arange as arange
from .ranges import geomspace as geomspace
from .ranges import linspace as linspace
from .ranges import logspace as logspace
from .rearranging import flip as flip
from .rearranging import fliplr as fliplr
from .rearranging import flipud as flipud
from .rearranging import pad as pad
from .rearranging import repeat as repeat
from .rearranging import roll as roll
from .rearranging import rot90 as rot90
from .rearranging import tile as tile
from .reduction import all as all
from .reduction import amax as amax
from .reduction import amin as amin
from .reduction import any as any
from .reduction import average as average
from .reduction import count_nonzero as count_nonzero
from .reduction import max as max
from .reduction import mean as mean
from .reduction import min as min
from .reduction import prod as prod
from .reduction import ptp as ptp
from .reduction import std as std
from .reduction import sum as sum
from .reduction import var as var
from .reshaping import broadcast_to as broadcast_to
from .reshaping import copy as copy
from .reshaping import expand_dims as expand_dims
from .reshaping import moveaxis as moveaxis
from .reshaping import ndim as ndim
from .reshaping import ravel as ravel
from .reshaping import reshape as reshape
from .reshaping import size as size
from .reshaping import squeeze as squeeze
from .reshaping import swapaxes as swapaxes
from .reshaping import transpose as transpose
from .reshaping import view as view
from .sorting import argmax as argmax
from .sorting import argmin as argmin
from .sorting import argpartition as argpartition
from .sorting import argsort as argsort
from .sorting import digitize as digitize
from .sorting import nanargmax as nanargmax
from .sorting import nanargmin as nanargmin
from .sorting import searchsorted as searchsorted
from .sorting import sort as sort
from .statistics import bincount as bincount
from .statistics import corrcoef as corrcoef
from .statistics import correlate as correlate
from .statistics import histogram as histogram
from .trigonometry import arccos as arccos
from .trigonometry import arccosh as arccosh
from .trigonometry import arcsin as arcsin
from .trigonometry import arcsinh as arcsinh
from .trigonometry import arctan as arctan
from .trigonometry import arctan2 as arctan2
from .trigonometry import arctanh as arctanh
from .trigonometry import cos as cos
from .trigonometry import cosh as cosh
from .trigonometry import deg2rad as deg2rad
from .trigonometry import rad2deg as rad2deg
from .trigonometry import sin as sin
from .trigonometry import sinc as sinc
from .trigonometry import sinh as sinh
from .trigonometry import tan as tan
from .trigonometry import tanh as tanh
from .vectorization import vectorize as vectorize
from .windows import bartlett as bartlett
from .windows import blackman as blackman
from .windows import hamming as hamming
from .windows import hanning as hanning
from .windows import kaiser as kaiser
# end of numpy family

# core, nn, math, linear algebra
from .activation_functions import celu as celu
from .activation_functions import elu as elu
from .activation_functions import gelu as gelu
from .activation_functions import glu as glu
from .activation_functions import hard_shrink as hard_shrink
from .activation_functions import hard_sigmoid as hard_sigmoid
from .activation_functions import hard_silu as hard_silu
from .activation_functions import hard_swish as hard_swish
from .activation_functions import hard_tanh as hard_tanh
from .activation_functions import leaky_relu as leaky_relu
from .activation_functions import log_sigmoid as log_sigmoid
from .activation_functions import relu as relu
from .activation_functions import relu6 as relu6
from .activation_functions import selu as selu
from .activation_functions import sigmoid as sigmoid
from .activation_functions import silu as silu
from .activation_functions import soft_shrink as soft_shrink
from .activation_functions import softplus as softplus
from .activation_functions import softsign as softsign
from .activation_functions import sparse_plus as sparse_plus
from .activation_functions import sparse_sigmoid as sparse_sigmoid
from .activation_functions import squareplus as squareplus
from .activation_functions import swish as swish
from .activation_functions import tanh_shrink as tanh_shrink
from .activation_functions import threshold as threshold
from .attention import dot_product_attention as dot_product_attention
from .casting import dtype as dtype
from .casting import saturate_cast as saturate_cast
from .complex_numbers import polar as polar
from .complex_numbers import view_as_complex as view_as_complex
from .complex_numbers import view_as_real as view_as_real
from .control_flow import cond as cond
from .control_flow import fori_loop as fori_loop
from .control_flow import switch as switch
from .control_flow import while_loop as while_loop
from .conversion import cast as cast
from .conversion import convert_to_numpy as convert_to_numpy
from .conversion import convert_to_tensor as convert_to_tensor
from .conversion import is_tensor as is_tensor
from .conversion import shape as shape
from .convolution import conv as conv
from .convolution import conv_transpose as conv_transpose
from .convolution import depthwise_conv as depthwise_conv
from .convolution import separable_conv as separable_conv
from .crossentropy import binary_crossentropy as binary_crossentropy
from .crossentropy import categorical_crossentropy as categorical_crossentropy
from .crossentropy import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from .ctc import ctc_decode as ctc_decode
from .ctc import ctc_loss as ctc_loss
from .einops_patterns import rearrange as rearrange
from .encoding import multi_hot as multi_hot
from .encoding import one_hot as one_hot
from .fourier import fft as fft
from .fourier import fft2 as fft2
from .fourier import ifft2 as ifft2
from .fourier import irfft as irfft
from .fourier import rfft as rfft
from .gradients import custom_gradient as custom_gradient
from .gradients import jvp as jvp
from .gradients import stop_gradient as stop_gradient
from .image.quality import psnr as psnr
from .matrix_factors import cholesky as cholesky
from .matrix_factors import cholesky_inverse as cholesky_inverse
from .matrix_factors import eig as eig
from .matrix_factors import eigh as eigh
from .matrix_factors import lu_factor as lu_factor
from .matrix_factors import qr as qr
from .matrix_factors import svd as svd
from .matrix_measures import cdist as cdist
from .matrix_measures import det as det
from .matrix_measures import logdet as logdet
from .matrix_measures import matrix_rank as matrix_rank
from .matrix_measures import norm as norm
from .matrix_solving import inv as inv
from .matrix_solving import lstsq as lstsq
from .matrix_solving import pinv as pinv
from .matrix_solving import solve as solve
from .matrix_solving import solve_triangular as solve_triangular
from .normalization import batch_normalization as batch_normalization
from .normalization import layer_normalization as layer_normalization
from .normalization import moments as moments
from .normalization import normalize as normalize
from .normalization import rms_normalization as rms_normalization
from .patches import depth_to_space as depth_to_space
from .patches import fold as fold
from .patches import space_to_depth as space_to_depth
from .patches import unfold as unfold
from .pooling import adaptive_average_pool as adaptive_average_pool
from .pooling import adaptive_max_pool as adaptive_max_pool
from .pooling import average_pool as average_pool
from .pooling import max_pool as max_pool
from .ranking import in_top_k as in_top_k
from .ranking import top_k as top_k
from .scans import associative_scan as associative_scan
from .scans import map as map
from .scans import scan as scan
from .scans import vectorized_map as vectorized_map
from .scattering import scatter as scatter
from .scattering import scatter_update as scatter_update
from .segments import segment_max as segment_max
from .segments import segment_min as segment_min
from .segments import segment_prod as segment_prod
from .segments import segment_sum as segment_sum
from .short_time_fourier import extract_sequences as extract_sequences
from .short_time_fourier import istft as istft
from .short_time_fourier import stft as stft
from .slicing import slice as slice
from .slicing import slice_update as slice_update
from .slicing import unstack as unstack
from .softmax_family import log_softmax as log_softmax
from .softmax_family import softmax as softmax
from .softmax_family import sparsemax as sparsemax
from .special_functions import erf as erf
from .special_functions import erfc as erfc
from .special_functions import erfinv as erfinv
from .special_functions import logsumexp as logsumexp
from .special_functions import rsqrt as rsqrt
from . import image as image
from . import linalg as linalg
from . import nn as nn
from . import numpy as numpy
# end of core, nn, math, linear algebra

__all__ = [
    "abs",
    "absolute",
    "adaptive_average_pool",
    "adaptive_max_pool",
    "add",
    "all",
    "allclose",
    "amax",
    "amin",
    "angle",
    "any",
    "append",
    "arange",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "array",
    "array_split",
    "associative_scan",
    "average",
    "average_pool",
    "bartlett",
    "batch_normalization",
    "binary_crossentropy",
    "bincount",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "blackman",
    "broadcast_to",
    "cast",
    "categorical_crossentropy",
    "cbrt",
    "cdist",
    "ceil",
    "celu",
    "cholesky",
    "cholesky_inverse",
    "clip",
    "concatenate",
    "cond",
    "conj",
    "conjugate",
    "conv",
    "conv_transpose",
    "convert_to_numpy",
    "convert_to_tensor",
    "copy",
    "corrcoef",
    "correlate",
    "cos",
    "cosh",
    "count_nonzero",
    "cross",
    "ctc_decode",
    "ctc_loss",
    "cumprod",
    "cumsum",
    "custom_gradient",
    "deg2rad",
    "depth_to_space",
    "depthwise_conv",
    "det",
    "diag",
    "diagflat",
    "diagonal",
    "diff",
    "digitize",
    "divide",
    "divide_no_nan",
    "dot",
    "dot_product_attention",
    "dsplit",
    "dstack",
    "dtype",
    "eig",
    "eigh",
    "einsum",
    "elu",
    "empty",
    "empty_like",
    "equal",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "extract_sequences",
    "eye",
    "fabs",
    "fft",
    "fft2",
    "flip",
    "fliplr",
    "flipud",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "fold",
    "fori_loop",
    "full",
    "full_like",
    "gcd",
    "gelu",
    "geomspace",
    "get_item",
    "glu",
    "greater",
    "greater_equal",
    "hamming",
    "hanning",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "heaviside",
    "histogram",
    "hsplit",
    "hstack",
    "hypot",
    "i0",
    "identity",
    "ifft2",
    "imag",
    "image",
    "in_top_k",
    "inner",
    "inv",
    "irfft",
    "is_tensor",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "istft",
    "jvp",
    "kaiser",
    "kron",
    "layer_normalization",
    "lcm",
    "ldexp",
    "leaky_relu",
    "left_shift",
    "less",
    "less_equal",
    "linalg",
    "linspace",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logspace",
    "logsumexp",
    "lstsq",
    "lu_factor",
    "map",
    "matmul",
    "matrix_rank",
    "max",
    "max_pool",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mod",
    "moments",
    "moveaxis",
    "multi_hot",
    "multiply",
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "ndim",
    "negative",
    "nextafter",
    "nn",
    "nonzero",
    "norm",
    "normalize",
    "not_equal",
    "numpy",
    "one_hot",
    "ones",
    "ones_like",
    "outer",
    "pad",
    "percentile",
    "pinv",
    "polar",
    "power",
    "prod",
    "psnr",
    "ptp",
    "qr",
    "quantile",
    "rad2deg",
    "ravel",
    "real",
    "rearrange",
    "reciprocal",
    "relu",
    "relu6",
    "repeat",
    "reshape",
    "rfft",
    "right_shift",
    "rms_normalization",
    "roll",
    "rot90",
    "round",
    "rsqrt",
    "saturate_cast",
    "scan",
    "scatter",
    "scatter_update",
    "searchsorted",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "select",
    "selu",
    "separable_conv",
    "shape",
    "sigmoid",
    "sign",
    "signbit",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "size",
    "slice",
    "slice_update",
    "slogdet",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "solve",
    "solve_triangular",
    "sort",
    "space_to_depth",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "split",
    "sqrt",
    "square",
    "squareplus",
    "squeeze",
    "stack",
    "std",
    "stft",
    "stop_gradient",
    "subtract",
    "sum",
    "svd",
    "swapaxes",
    "swish",
    "switch",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tanh_shrink",
    "tensordot",
    "threshold",
    "tile",
    "top_k",
    "trace",
    "transpose",
    "trapezoid",
    "tri",
    "tril",
    "triu",
    "true_divide",
    "trunc",
    "unfold",
    "unique",
    "unravel_index",
    "unstack",
    "vander",
    "var",
    "vdot",
    "vectorize",
    "vectorized_map",
    "view",
    "view_as_complex",
    "view_as_real",
    "vsplit",
    "vstack",
    "where",
    "while_loop",
    "zeros",
    "zeros_like",
]
