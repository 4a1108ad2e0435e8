# attention
from .attention.additive_attention import AdditiveAttention as AdditiveAttention
from .attention.attention import Attention as Attention
from .attention.grouped_query_attention import GroupQueryAttention as GroupQueryAttention
from .attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention

# base
from .layer.layer import Layer as Layer
from .layer.input_spec import InputSpec as InputSpec
from .identifiers import deserialize as deserialize, serialize as serialize

# convolutional
from .convolutional.conv import Conv1D as Conv1D, Conv2D as Conv2D, Conv3D as Conv3D
from .convolutional.conv import Conv1D as Convolution1D, Conv2D as Convolution2D, Conv3D as Convolution3D
from .convolutional.conv_transpose import Conv1DTranspose as Conv1DTranspose, Conv1DTranspose as Convolution1DTranspose
from .convolutional.conv_transpose import Conv2DTranspose as Conv2DTranspose, Conv2DTranspose as Convolution2DTranspose
from .convolutional.conv_transpose import Conv3DTranspose as Conv3DTranspose, Conv3DTranspose as Convolution3DTranspose
from .convolutional.depthwise_conv import DepthwiseConv1D as DepthwiseConv1D, DepthwiseConv2D as DepthwiseConv2D
from .convolutional.separable_conv import SeparableConv1D as SeparableConv1D, SeparableConv1D as SeparableConvolution1D
from .convolutional.separable_conv import SeparableConv2D as SeparableConv2D, SeparableConv2D as SeparableConvolution2D

# activations
from .activations.prelu import PReLU as PReLU
from .activations.relu import ELU as ELU, LeakyReLU as LeakyReLU, ReLU as ReLU
from .activations.softmax import Softmax as Softmax

# core
from .core.activation import Activation as Activation
from .core.dense import Dense as Dense
from .core.einsum_dense import EinsumDense as EinsumDense
from .core.embedding import Embedding as Embedding
from .core.identity import Identity as Identity
from .core.input_layer import Input as Input, InputLayer as InputLayer
from .core.lambda_layer import Lambda as Lambda
from .core.masking import Masking as Masking
from .core.reversible_embedding import ReversibleEmbedding as ReversibleEmbedding
from .core.torch_module_wrapper import TorchModuleWrapper as TorchModuleWrapper
from .core.wrapper import Wrapper as Wrapper

# merging
from .merging.concatenate import Concatenate as Concatenate, concatenate as concatenate
from .merging.dot import Dot as Dot, dot as dot
from .merging.elementwise import Add as Add, Average as Average, Maximum as Maximum, Minimum as Minimum
from .merging.elementwise import Multiply as Multiply, Subtract as Subtract, add as add, average as average
from .merging.elementwise import maximum as maximum, minimum as minimum, multiply as multiply, subtract as subtract

# normalization
from .normalization.batch_normalization import BatchNormalization as BatchNormalization
from .normalization.group_normalization import GroupNormalization as GroupNormalization
from .normalization.layer_normalization import LayerNormalization as LayerNormalization
from .normalization.rms_normalization import RMSNormalization as RMSNormalization
from .normalization.spectral_normalization import SpectralNormalization as SpectralNormalization
from .normalization.unit_normalization import UnitNormalization as UnitNormalization

# pooling
from .pooling.adaptive_pooling import AdaptiveAveragePooling1D as AdaptiveAveragePooling1D
from .pooling.adaptive_pooling import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from .pooling.global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from .pooling.global_pooling import GlobalAveragePooling1D as GlobalAvgPool1D
from .pooling.global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D, GlobalMaxPooling1D as GlobalMaxPool1D
from .pooling.windows import AveragePooling1D as AveragePooling1D, AveragePooling1D as AvgPool1D
from .pooling.windows import MaxPooling1D as MaxPooling1D, MaxPooling1D as MaxPool1D
from .pooling.adaptive_pooling import AdaptiveAveragePooling2D as AdaptiveAveragePooling2D
from .pooling.adaptive_pooling import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from .pooling.global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from .pooling.global_pooling import GlobalAveragePooling2D as GlobalAvgPool2D
from .pooling.global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D, GlobalMaxPooling2D as GlobalMaxPool2D
from .pooling.windows import AveragePooling2D as AveragePooling2D, AveragePooling2D as AvgPool2D
from .pooling.windows import MaxPooling2D as MaxPooling2D, MaxPooling2D as MaxPool2D
from .pooling.adaptive_pooling import AdaptiveAveragePooling3D as AdaptiveAveragePooling3D
from .pooling.adaptive_pooling import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from .pooling.global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from .pooling.global_pooling import GlobalAveragePooling3D as GlobalAvgPool3D
from .pooling.global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D, GlobalMaxPooling3D as GlobalMaxPool3D
from .pooling.windows import AveragePooling3D as AveragePooling3D, AveragePooling3D as AvgPool3D
from .pooling.windows import MaxPooling3D as MaxPooling3D, MaxPooling3D as MaxPool3D

# preprocessing
from .preprocessing.category_encoding import CategoryEncoding as CategoryEncoding
from .preprocessing.discretization import Discretization as Discretization
from .preprocessing.hashed_crossing import HashedCrossing as HashedCrossing
from .preprocessing.hashing import Hashing as Hashing
from .preprocessing.image.aug_mix import AugMix as AugMix
from .preprocessing.image.contrast_limited_adaptive_histogram_equalization import (
    ContrastLimitedAdaptiveHistogramEqualization as ContrastLimitedAdaptiveHistogramEqualization,
)
from .preprocessing.image.equalization import Equalization as Equalization
from .preprocessing.image.rand_augment import RandAugment as RandAugment
from .preprocessing.image.random_elastic_transform import RandomElasticTransform as RandomElasticTransform
from .preprocessing.image.random_gaussian_blur import RandomGaussianBlur as RandomGaussianBlur
from .preprocessing.integer_lookup import IntegerLookup as IntegerLookup
from .preprocessing.image.auto_contrast import AutoContrast as AutoContrast
from .preprocessing.image.center_crop import CenterCrop as CenterCrop
from .preprocessing.image.cut_mix import CutMix as CutMix
from .preprocessing.image.max_num_bounding_boxes import MaxNumBoundingBoxes as MaxNumBoundingBoxes
from .preprocessing.image.mix_up import MixUp as MixUp
from .preprocessing.image.random_brightness import RandomBrightness as RandomBrightness
from .preprocessing.image.random_color_degeneration import RandomColorDegeneration as RandomColorDegeneration
from .preprocessing.image.random_color_jitter import RandomColorJitter as RandomColorJitter
from .preprocessing.image.random_contrast import RandomContrast as RandomContrast
from .preprocessing.image.random_crop import RandomCrop as RandomCrop
from .preprocessing.image.random_erasing import RandomErasing as RandomErasing
from .preprocessing.image.random_flip import RandomFlip as RandomFlip
from .preprocessing.image.random_grayscale import RandomGrayscale as RandomGrayscale
from .preprocessing.image.random_hue import RandomHue as RandomHue
from .preprocessing.image.random_invert import RandomInvert as RandomInvert
from .preprocessing.image.random_perspective import RandomPerspective as RandomPerspective
from .preprocessing.image.random_posterization import RandomPosterization as RandomPosterization
from .preprocessing.image.random_rotation import RandomRotation as RandomRotation
from .preprocessing.image.random_saturation import RandomSaturation as RandomSaturation
from .preprocessing.image.random_sharpness import RandomSharpness as RandomSharpness
from .preprocessing.image.random_shear import RandomShear as RandomShear
from .preprocessing.image.random_translation import RandomTranslation as RandomTranslation
from .preprocessing.image.random_zoom import RandomZoom as RandomZoom
from .preprocessing.image.resizing import Resizing as Resizing
from .preprocessing.image.solarization import Solarization as Solarization
from .preprocessing.mel_spectrogram import MelSpectrogram as MelSpectrogram
from .preprocessing.normalization import Normalization as Normalization
from .preprocessing.pipeline import Pipeline as Pipeline
from .preprocessing.rescaling import Rescaling as Rescaling
from .preprocessing.stft_spectrogram import STFTSpectrogram as STFTSpectrogram
from .preprocessing.string_lookup import StringLookup as StringLookup
from .preprocessing.text_vectorization import TextVectorization as TextVectorization

# regularization
from .regularization.activity_regularization import ActivityRegularization as ActivityRegularization
from .regularization.alpha_dropout import AlphaDropout as AlphaDropout
from .regularization.dropout import Dropout as Dropout
from .regularization.noise import GaussianDropout as GaussianDropout, GaussianNoise as GaussianNoise
from .regularization.spatial_dropout import SpatialDropout1D as SpatialDropout1D
from .regularization.spatial_dropout import SpatialDropout2D as SpatialDropout2D
from .regularization.spatial_dropout import SpatialDropout3D as SpatialDropout3D

# reshaping
from .reshaping.cropping import Cropping1D as Cropping1D, Cropping2D as Cropping2D, Cropping3D as Cropping3D
from .reshaping.zero_padding import ZeroPadding1D as ZeroPadding1D, ZeroPadding2D as ZeroPadding2D
from .reshaping.zero_padding import ZeroPadding3D as ZeroPadding3D
from .reshaping.flatten import Flatten as Flatten
from .reshaping.permute import Permute as Permute
from .reshaping.repeat_vector import RepeatVector as RepeatVector
from .reshaping.reshape import Reshape as Reshape
from .reshaping.up_sampling import UpSampling1D as UpSampling1D, UpSampling2D as UpSampling2D
from .reshaping.up_sampling import UpSampling3D as UpSampling3D

# of other libraries
from .foreign.flax_layer import FlaxLayer as FlaxLayer
from .foreign.jax_layer import JaxLayer as JaxLayer
from .foreign.tfsm_layer import TFSMLayer as TFSMLayer

# rnn
from .rnn.bidirectional import Bidirectional as Bidirectional
from .rnn.conv_lstm import ConvLSTM1D as ConvLSTM1D, ConvLSTM2D as ConvLSTM2D, ConvLSTM3D as ConvLSTM3D
from .rnn.gru import GRU as GRU
from .rnn.gru_cell import GRUCell as GRUCell
from .rnn.lstm import LSTM as LSTM
from .rnn.lstm_cell import LSTMCell as LSTMCell
from .rnn.rnn import RNN as RNN
from .rnn.simple_rnn import SimpleRNN as SimpleRNN
from .rnn.simple_rnn_cell import SimpleRNNCell as SimpleRNNCell
from .rnn.stacked_rnn_cells import StackedRNNCells as StackedRNNCells
from .rnn.time_distributed import TimeDistributed as TimeDistributed

__all__ = [
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AugMix",
    "AutoContrast",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CenterCrop",
    "Concatenate",
    "CategoryEncoding",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "CutMix",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Discretization",
    "Dot",
    "Dropout",
    "ELU",
    "EinsumDense",
    "Embedding",
    "Equalization",
    "Flatten",
    "FlaxLayer",
    "GRU",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "JaxLayer",
    "LSTM",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxNumBoundingBoxes",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "MelSpectrogram",
    "Minimum",
    "MixUp",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "Pipeline",
    "RMSNormalization",
    "RNN",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "Solarization",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TFSMLayer",
    "TextVectorization",
    "TimeDistributed",
    "TorchModuleWrapper",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
