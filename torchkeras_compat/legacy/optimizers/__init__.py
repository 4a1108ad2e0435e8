"""Optimizers as Keras 1, Keras 2 and `tf.keras.optimizers.legacy` compute them."""
