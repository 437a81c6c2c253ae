"""How the offline writer makes a lesson of an article, or of none: pure, and without a model."""
