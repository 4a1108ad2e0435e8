from . import schedules as schedules
from .adam import Adam as Adam, AdamW as AdamW
from .base import Optimizer as Optimizer
from .names import deserialize as deserialize, get as get, serialize as serialize
from .rmsprop import RMSprop as RMSprop
from .sgd import SGD as SGD
