"""The graph of Keras 1 and 2: recorded expressions evaluated for given inputs, their gradients and updates."""
