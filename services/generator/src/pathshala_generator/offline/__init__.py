"""The offline writer: a lesson made of an article, or of none. Pure, and without a model."""
