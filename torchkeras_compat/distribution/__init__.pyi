from .active import distribution as distribution
from .active import set_distribution as set_distribution
from .data_parallel import DataParallel as DataParallel
from .device_list import get_device_count as get_device_count
from .device_list import list_devices as list_devices
from .device_mesh import DeviceMesh as DeviceMesh
from .distribute import distribute_tensor as distribute_tensor
from .layout_map import LayoutMap as LayoutMap
from .model_parallel import ModelParallel as ModelParallel
from .processes import initialize as initialize
from .tensor_layout import TensorLayout as TensorLayout

__all__ = [
    "DataParallel",
    "DeviceMesh",
    "LayoutMap",
    "ModelParallel",
    "TensorLayout",
    "distribute_tensor",
    "distribution",
    "get_device_count",
    "initialize",
    "list_devices",
    "set_distribution",
]
