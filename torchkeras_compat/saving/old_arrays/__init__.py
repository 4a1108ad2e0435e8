"""The arrays of `.h5` files as every Keras laid them out, and which weights of today's layers they are."""
