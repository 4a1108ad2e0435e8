from ..architectures.xception import Xception as Xception
from ..image_scaling import tf_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["Xception", "decode_predictions", "preprocess_input"]
