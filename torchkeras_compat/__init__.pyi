from . import activations as activations
from . import applications as applications
from . import backend as backend
from . import callbacks as callbacks
from . import config as config
from . import constraints as constraints
from . import datasets as datasets
from . import distillation as distillation
from . import distribution as distribution
from . import dtype_policies as dtype_policies
from . import export as export
from . import initializers as initializers
from . import layers as layers
from . import legacy as legacy
from . import losses as losses
from . import metrics as metrics
from . import mixed_precision as mixed_precision
from . import models as models
from . import ops as ops
from . import optimizers as optimizers
from . import plugins as plugins
from . import preprocessing as preprocessing
from . import quantizers as quantizers
from . import random as random
from . import regularizers as regularizers
from . import saving as saving
from . import testing as testing
from . import tree as tree
from . import utils as utils
from . import visualization as visualization
from . import wrappers as wrappers
from .device import device as device
from .dialects.install import install_as_keras as install_as_keras
from .dtypes.dtype_policy import DTypePolicy as DTypePolicy
from .dtypes.dtype_policy import FloatDTypePolicy as FloatDTypePolicy
from .initializers.base import Initializer as Initializer
from .layers.layer.layer import Layer as Layer
from .layers.core.input_layer import Input as Input
from .layers.layer.input_spec import InputSpec as InputSpec
from .layers.remat.remat_scope import RematScope as RematScope
from .layers.remat.remat_scope import remat as remat
from .losses.base import Loss as Loss
from .metrics.base import Metric as Metric
from .models.model import Model as Model
from .models.sequential import Sequential as Sequential
from .naming import name_scope as name_scope
from .ops.function import Function as Function
from .optimizers.base import Optimizer as Optimizer
from .quantizers.base import Quantizer as Quantizer
from .regularizers.base import Regularizer as Regularizer
from .release import __version__ as __version__
from .release import version as version
from .symbolic.keras_tensor import KerasTensor as KerasTensor
from .symbolic.operation import Operation as Operation
from .symbolic.symbolic_scope import SymbolicScope as SymbolicScope
from .stateless_scope import StatelessScope as StatelessScope
from .variables import Variable as Variable

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Quantizer",
    "Regularizer",
    "RematScope",
    "Sequential",
    "StatelessScope",
    "SymbolicScope",
    "Variable",
    "__version__",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "device",
    "distillation",
    "distribution",
    "dtype_policies",
    "export",
    "initializers",
    "install_as_keras",
    "layers",
    "legacy",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "plugins",
    "preprocessing",
    "quantizers",
    "random",
    "regularizers",
    "remat",
    "saving",
    "testing",
    "tree",
    "utils",
    "version",
    "visualization",
    "wrappers",
]
