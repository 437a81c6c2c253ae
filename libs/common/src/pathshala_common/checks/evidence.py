"""Grounding: what a statement quotes stands in the article as it was read, and has to do with the statement."""

from collections.abc import Iterable

from pathshala_common.checks.draft import Basis, Draft, Said
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.lesson import Article, LanguageTag, primary_language
from pathshala_common.text.dissection import dissected
from pathshala_common.text.quoting import stands_in

NAME = "evidence"
QUOTE_WORDS_MIN = 3
QUOTED_MIN = 2
QUOTED_SHARE_MIN = 0.15
"""The least share of statements that rest on the article; examples, links and advice make up the rest."""
TINY_ARTICLE_SENTENCES = 2
"""An article of no more sentences gives one quote at least, not two."""

INVENTED = "quotes words that do not stand in the article"
BRIEF = f"rests on quotes of less than {QUOTE_WORDS_MIN} words"
UNRELATED = "has a quote that has nothing to do with its statement"
TOO_FEW = "rests on too few quotes from the article"
NO_ARTICLE = "quotes an article although none was given"


def evidence(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find quotes that do not hold, and an explanation without any."""
    article, quoting = assignment.article, [said for said in draft.statements if said.quote]
    if article is None:
        return [_fault(NO_ARTICLE)] if quoting else None
    reasons = {reason for said in quoting if (reason := _doubt(said, article, draft))}
    if not reasons and len(quoting) < _enough(draft, article):
        reasons = {TOO_FEW}
    return [_fault(reason) for reason in sorted(reasons)]


def _doubt(said: Said, article: Article, draft: Draft) -> str | None:
    """Find the fault of a statement's quote."""
    quote = said.quote or ""
    if not stands_in(quote, article.summary):
        return INVENTED
    if len(dissected(quote).words) < QUOTE_WORDS_MIN:
        return BRIEF
    if primary_language(article.language) == primary_language(draft.language) and not _related(
        said.text, quote, draft.language
    ):
        return UNRELATED
    return None


def _related(text: str, quote: str, language: LanguageTag) -> bool:
    told, quoted = dissected(text), dissected(quote)
    return stands_in(quote, text) or bool(
        told.content(language) & quoted.content(language) or told.numbers & quoted.numbers
    )


def _enough(draft: Draft, article: Article) -> float:
    least = 1 if len(dissected(article.summary).sentences) <= TINY_ARTICLE_SENTENCES else QUOTED_MIN
    return min(max(least, QUOTED_SHARE_MIN * len(draft.statements)), len(draft.statements))


def _fault(reason: str) -> Fault:
    return Fault(NAME, "explanation", reason)
