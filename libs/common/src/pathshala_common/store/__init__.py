"""Adapters of the port Store: MongoDB, and SQLite for one process."""
