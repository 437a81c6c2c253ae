"""The dictionaries with which a SQLite file packs long events: how they are made, and what they come to."""
