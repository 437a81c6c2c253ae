"""The broker in memory, for a house in one process."""
