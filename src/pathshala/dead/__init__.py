"""`pathshala dead`: list, show, redrive and drop what services could not handle."""
