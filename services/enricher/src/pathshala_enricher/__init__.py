"""Finds the encyclopedia article that a lesson stands on."""
