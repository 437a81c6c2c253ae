"""`pathshala up`: the whole house in one process."""
