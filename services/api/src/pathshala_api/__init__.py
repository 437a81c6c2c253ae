"""The HTTP door: accepts requests for lessons, and answers what became of them."""
