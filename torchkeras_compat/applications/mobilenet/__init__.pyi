from ..architectures.mobilenet import MobileNet as MobileNet
from ..image_scaling import tf_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]
