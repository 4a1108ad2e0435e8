"""`tf.sparse` and `tf.SparseTensor`: tensors of which most elements are zero."""
