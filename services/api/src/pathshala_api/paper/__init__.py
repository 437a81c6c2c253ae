"""Lessons on paper and in other systems: pure functions from what is stored to the bytes of a file."""
