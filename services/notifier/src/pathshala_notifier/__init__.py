"""The notifier: tells the end of a task to the address that its order named, at least once, signed."""
