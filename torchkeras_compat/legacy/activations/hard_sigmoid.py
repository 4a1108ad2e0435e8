"""`hard_sigmoid` of Keras 1 and 2: ``clip(0.2 x + 0.5, 0, 1)``; Keras 3's is ``clip(x / 6 + 0.5, 0, 1)``.

The name in files, and in configs of layers, is ``keras2_hard_sigmoid``, so that the two are not mixed up.
"""

from torchkeras_compat.saving.keras2_hard_sigmoid import keras2_hard_sigmoid as hard_sigmoid

__all__ = ["hard_sigmoid"]
