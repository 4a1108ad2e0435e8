"""``tf.distribute``: strategies, each of which is one process on its device."""
