"""``tf.feature_column``: how columns of a table become numbers, for ``keras.layers.DenseFeatures``."""
