"""`pathshala tasks`: what a running house has to do, and how far it is."""
