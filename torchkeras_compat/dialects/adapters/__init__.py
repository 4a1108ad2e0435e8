"""Old calls whose translation depends on more than the names of their arguments."""
