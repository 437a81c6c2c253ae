"""The calls, by what they are about. None does any input or output: see `steps`."""

from pathshala_client.calls import class_sets, lessons, sessions, tasks, versions

__all__ = ["class_sets", "lessons", "sessions", "tasks", "versions"]
