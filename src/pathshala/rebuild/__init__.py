"""Rebuild: all task documents folded anew from the log beside the live ones, compared, and swapped on request."""
