"""Replay: a task's logged events through today's handlers, with recorded answers, calling and telling nobody."""
