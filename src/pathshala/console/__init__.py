"""`pathshala open`: the console of a running house, in a browser."""
