"""`tf.math`: functions of numbers."""
