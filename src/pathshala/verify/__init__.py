"""`pathshala lesson verify`: whether a file of a lesson is what the log holds."""
