"""What models of Keras 1 and 2 do with recorded tensors: losses and metrics made of them."""
