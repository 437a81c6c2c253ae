import pytest

from pathshala_common.checks.own_words import COPIED_SHARE_MAX, copied_share, own_words
from pathshala_common.contract.lesson import Article
from pathshala_common.text.dissection import dissected
from pathshala_generator.offline_writer import OfflineWriter
from services.generator.tests.checks.given import VERBS, a_draft, an_order
from services.generator.tests.given import unrecorded
from services.generator.tests.recorded import NAMES, recorded

ARTICLE = VERBS.assignment.article
GROUNDED = [name for name in NAMES if not recorded(name).caught_by and recorded(name).assignment.article]


def a_copy(words: int, more: str = "") -> str:
    """The article's first words, and some of somebody's own behind them."""
    assert ARTICLE is not None
    return " ".join([*ARTICLE.summary.split()[:words], more])


def test_an_explanation_that_is_mostly_its_article_copies_it() -> None:
    own = "Asha runs, and everybody hears what she does. " * 3
    order = an_order(article=ARTICLE)

    assert [fault.field for fault in own_words(a_draft(explanation=a_copy(60)), order) or ()] == ["explanation"]
    assert own_words(a_draft(explanation=a_copy(60, own)), order)
    assert own_words(a_draft(explanation=a_copy(20, own)), order) == []


@pytest.mark.parametrize("name", GROUNDED)
def test_good_lessons_are_far_from_the_bound(name: str) -> None:
    answer = recorded(name)
    assert answer.assignment.article is not None

    told = [dissected(said.text).words for said in answer.draft.statements]

    assert copied_share(told, dissected(answer.assignment.article.summary).words) < COPIED_SHARE_MAX / 2


def test_where_there_is_nothing_to_copy_nothing_is_judged() -> None:
    assert own_words(a_draft(explanation=a_copy(60)), an_order()) is None
    foreign = Article.model_validate({**ARTICLE.model_dump(), "language": "de"}) if ARTICLE else None
    assert own_words(a_draft(explanation=a_copy(60)), an_order(article=foreign)) is None
    assert own_words(a_draft(explanation=a_copy(12)), an_order(article=ARTICLE)) is None


async def test_the_offline_writer_arranges_its_article_and_says_so() -> None:
    written = await OfflineWriter().write(an_order(article=ARTICLE), unrecorded)

    assert written.draft.arranged
    assert not {"own_words", "true_to_article"} & set(written.checks_passed)
