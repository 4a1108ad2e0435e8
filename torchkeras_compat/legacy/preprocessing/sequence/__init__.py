"""`keras.preprocessing.sequence` of Keras 1 and 2: windows of series, and pairs of words."""
