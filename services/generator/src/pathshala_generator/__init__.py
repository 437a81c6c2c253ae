"""Writes lessons: with an OpenAI-compatible model, or offline."""
