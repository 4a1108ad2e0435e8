"""Activations as Keras 1 and 2 computed them, where Keras 3 computes something else."""
