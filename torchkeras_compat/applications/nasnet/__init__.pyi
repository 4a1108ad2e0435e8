from ..architectures.nasnet import NASNetLarge as NASNetLarge
from ..architectures.nasnet import NASNetMobile as NASNetMobile
from ..image_scaling import tf_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = [
    "NASNetLarge",
    "NASNetMobile",
    "decode_predictions",
    "preprocess_input",
]
