"""Logs every event, and folds it into tasks and lessons."""
