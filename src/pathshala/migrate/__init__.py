"""`pathshala doctor`: looks at what the house stands on, and says of each thing what to do."""
