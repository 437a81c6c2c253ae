"""Stands in for a library that the last release needs and that is installed no more."""
