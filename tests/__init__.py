"""Whole-house tests. A package by name, since a library that we use installs one called `tests` too."""
