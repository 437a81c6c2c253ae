"""`pathshala pause` and `pathshala resume`: whether generators may write."""
