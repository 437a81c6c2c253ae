"""The one formula that the last release asks of textstat for an English lesson."""

import re


class textstatistics:  # noqa: N801 - that library's name
    """Measures a text."""

    def set_lang(self, language: str) -> None:
        """Measure English alone."""
        assert language == "en"

    def automated_readability_index(self, text: str) -> float:
        """By letters a word and words a sentence."""
        words, sentences = text.split(), re.split(r"[.!?]+\s", text)
        letters = sum(map(str.isalnum, text))
        return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
