from . import legacy as legacy
from . import schedules as schedules
from .adafactor import Adafactor as Adafactor
from .adam import Adam as Adam, AdamW as AdamW
from .adaptive import Adadelta as Adadelta, Adagrad as Adagrad, Adamax as Adamax, Nadam as Nadam
from .base import Optimizer as Optimizer
from .ftrl import Ftrl as Ftrl
from .lamb import Lamb as Lamb
from .lion import Lion as Lion
from .loss_scale_optimizer import LossScaleOptimizer as LossScaleOptimizer
from .multi_optimizer import MultiOptimizer as MultiOptimizer, OptimizerMap as OptimizerMap
from .muon import Muon as Muon
from .identifiers import deserialize as deserialize, get as get, serialize as serialize
from .rmsprop import RMSprop as RMSprop
from .schedule_free_adamw import ScheduleFreeAdamW as ScheduleFreeAdamW
from .sgd import SGD as SGD
from .torch_optimizer import TorchOptimizer as TorchOptimizer

__all__ = [
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "SGD",
    "ScheduleFreeAdamW",
    "TorchOptimizer",
    "deserialize",
    "get",
    "legacy",
    "schedules",
    "serialize",
]
