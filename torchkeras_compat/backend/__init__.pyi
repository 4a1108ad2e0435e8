from ..config import backend as backend
from ..config import epsilon as epsilon
from ..config import floatx as floatx
from ..config import image_data_format as image_data_format
from ..config import set_epsilon as set_epsilon
from ..config import set_floatx as set_floatx
from ..config import set_image_data_format as set_image_data_format
from ..dtypes.names import is_float_dtype as is_float_dtype
from ..dtypes.names import is_int_dtype as is_int_dtype
from ..dtypes.names import standardize_dtype as standardize_dtype
from ..dtypes.promotion import result_type as result_type
from ..naming import get_uid as get_uid
from ..symbolic.keras_tensor import is_keras_tensor as is_keras_tensor
from .session import clear_session as clear_session

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]
