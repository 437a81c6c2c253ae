"""The checks that a draft must pass before it becomes a lesson: pure, each with a stable name."""
