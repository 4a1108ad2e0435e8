"""What models of Keras 1 and 2 had and Keras 3 dropped: graphs by names, YAML, losses and metrics of recorded tensors."""
