"""Tells languages apart. The only file that knows the py3langid library.

Loading its model takes a second and about 80 MB, so it is loaded when the first text is judged, or by `load`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pathshala_common.contract.lesson import LanguageTag

Likelihoods = Mapping[LanguageTag, float]


def likelihoods(text: str) -> Likelihoods:
    """Say how likely a text is in each language that the model knows; all of it adds up to 1."""
    return dict(_identifier().rank(text))


def known(language: LanguageTag) -> bool:
    """Whether the model can tell this language."""
    return language in _labels()


def load() -> None:
    """Load the model now, for whoever does not want the first text to wait."""
    _identifier()


@cache
def _identifier() -> Any:
    # Here, so that nobody pays for it who judges no text.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _labels() -> frozenset[str]:
    return frozenset(_identifier().labels)
