from ..architectures.efficientnet import EfficientNetB0 as EfficientNetB0
from ..architectures.efficientnet import EfficientNetB1 as EfficientNetB1
from ..architectures.efficientnet import EfficientNetB2 as EfficientNetB2
from ..architectures.efficientnet import EfficientNetB3 as EfficientNetB3
from ..architectures.efficientnet import EfficientNetB4 as EfficientNetB4
from ..architectures.efficientnet import EfficientNetB5 as EfficientNetB5
from ..architectures.efficientnet import EfficientNetB6 as EfficientNetB6
from ..architectures.efficientnet import EfficientNetB7 as EfficientNetB7
from ..image_scaling import unscaled_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = [
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "decode_predictions",
    "preprocess_input",
]
