"""The article that came with an order, as what it is: a teacher's own text. Pure."""

from pathshala_common.contract.lesson import Article, ArticleSource, LessonRequest
from pathshala_common.text.scripts import LATIN, script_of, scripts

LICENCE = "not stated: the text of the teacher who ordered the lesson"
NO_REVISION = 0
ENGLISH = "en"


def article_of(request: LessonRequest) -> Article | None:
    """Give the article; None if none was sent along.

    It is taken to be in the lesson's language, or in English if its letters cannot be that language's.
    """
    if request.source_text is None:
        return None
    script = script_of(request.source_text)
    is_english = script == LATIN and script not in scripts(request.language)
    return Article(
        title=request.topic,
        summary=request.source_text,
        url=None,
        language=ENGLISH if is_english else request.language,
        revision_id=NO_REVISION,
        licence=LICENCE,
        source=ArticleSource.TEACHER,
    )
