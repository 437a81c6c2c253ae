"""What the last release asks of py3langid of an English lesson."""

from collections.abc import Sequence

MODEL_FILE = "no file: the stand-in knows English alone"


class LanguageIdentifier:
    """Takes every text for English."""

    labels = ("en",)

    @classmethod
    def from_model_file(cls, model_file: str, *, norm_probs: bool) -> "LanguageIdentifier":
        """Load nothing."""
        assert model_file == MODEL_FILE
        assert norm_probs
        return cls()

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """Be certain."""
        assert text
        return [("en", 1.0)]
