from ..architectures.mobilenet_v2 import MobileNetV2 as MobileNetV2
from ..image_scaling import tf_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]
