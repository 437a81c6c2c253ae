"""`pathshala events`: what happened to a task, from the log."""
