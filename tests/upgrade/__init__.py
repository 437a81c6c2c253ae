"""The last release, kept as wheels, to be run beside today's services."""
