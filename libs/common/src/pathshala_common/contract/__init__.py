"""The ground: nouns, events, envelope, topology, ports and errors, on the standard library and pydantic alone."""
