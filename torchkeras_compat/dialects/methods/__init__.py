"""Methods of the core whose old meaning is more than another spelling of their arguments."""
