"""`pathshala completion`: what a shell needs to complete words of this command line."""
