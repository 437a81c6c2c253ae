"""`pathshala run`: the whole house in one process."""
