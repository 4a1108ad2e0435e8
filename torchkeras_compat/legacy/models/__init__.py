"""What models of Keras 1 and 2 had and Keras 3 dropped: graphs by names, YAML, terms of recorded tensors."""
