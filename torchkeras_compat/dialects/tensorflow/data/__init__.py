"""``tf.data``: datasets whose elements are made when they are asked for."""
