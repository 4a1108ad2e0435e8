"""`tf.linalg`: functions of matrices."""
