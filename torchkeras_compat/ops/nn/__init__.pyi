from ..activation_functions import celu as celu
from ..activation_functions import elu as elu
from ..activation_functions import gelu as gelu
from ..activation_functions import glu as glu
from ..activation_functions import hard_shrink as hard_shrink
from ..activation_functions import hard_sigmoid as hard_sigmoid
from ..activation_functions import hard_silu as hard_silu
from ..activation_functions import hard_swish as hard_swish
from ..activation_functions import hard_tanh as hard_tanh
from ..activation_functions import leaky_relu as leaky_relu
from ..activation_functions import log_sigmoid as log_sigmoid
from ..activation_functions import relu as relu
from ..activation_functions import relu6 as relu6
from ..activation_functions import selu as selu
from ..activation_functions import sigmoid as sigmoid
from ..activation_functions import silu as silu
from ..activation_functions import soft_shrink as soft_shrink
from ..activation_functions import softplus as softplus
from ..activation_functions import softsign as softsign
from ..activation_functions import sparse_plus as sparse_plus
from ..activation_functions import sparse_sigmoid as sparse_sigmoid
from ..activation_functions import squareplus as squareplus
from ..activation_functions import swish as swish
from ..activation_functions import tanh_shrink as tanh_shrink
from ..activation_functions import threshold as threshold
from ..attention import dot_product_attention as dot_product_attention
from ..complex_numbers import polar as polar
from ..convolution import conv as conv
from ..convolution import conv_transpose as conv_transpose
from ..convolution import depthwise_conv as depthwise_conv
from ..convolution import separable_conv as separable_conv
from ..crossentropy import binary_crossentropy as binary_crossentropy
from ..crossentropy import categorical_crossentropy as categorical_crossentropy
from ..crossentropy import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from ..ctc import ctc_decode as ctc_decode
from ..ctc import ctc_loss as ctc_loss
from ..encoding import multi_hot as multi_hot
from ..encoding import one_hot as one_hot
from ..image.quality import psnr as psnr
from ..normalization import batch_normalization as batch_normalization
from ..normalization import layer_normalization as layer_normalization
from ..normalization import moments as moments
from ..normalization import normalize as normalize
from ..normalization import rms_normalization as rms_normalization
from ..patches import depth_to_space as depth_to_space
from ..patches import fold as fold
from ..patches import space_to_depth as space_to_depth
from ..patches import unfold as unfold
from ..pooling import adaptive_average_pool as adaptive_average_pool
from ..pooling import adaptive_max_pool as adaptive_max_pool
from ..pooling import average_pool as average_pool
from ..pooling import max_pool as max_pool
from ..softmax_family import log_softmax as log_softmax
from ..softmax_family import softmax as softmax
from ..softmax_family import sparsemax as sparsemax

__all__ = [
    "adaptive_average_pool",
    "adaptive_max_pool",
    "average_pool",
    "batch_normalization",
    "binary_crossentropy",
    "categorical_crossentropy",
    "celu",
    "conv",
    "conv_transpose",
    "ctc_decode",
    "ctc_loss",
    "depth_to_space",
    "depthwise_conv",
    "dot_product_attention",
    "elu",
    "fold",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "layer_normalization",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "max_pool",
    "moments",
    "multi_hot",
    "normalize",
    "one_hot",
    "polar",
    "psnr",
    "relu",
    "relu6",
    "rms_normalization",
    "selu",
    "separable_conv",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "space_to_depth",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
    "unfold",
]
