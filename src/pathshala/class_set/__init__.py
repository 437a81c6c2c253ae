"""Class: a table of lessons is ordered from a running house, waited for, and its pack is saved."""
