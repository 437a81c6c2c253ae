"""`pathshala lesson`: order lessons from a running house, read, edit and export them, and verify a file of one."""
