"""What a draft must be before it may become a lesson: pure checks, each with a stable name."""
