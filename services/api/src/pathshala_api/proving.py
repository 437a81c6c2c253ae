"""The proof of a lesson: where in the article's text each of its quotes stands. Pure.

A version keeps the article's text beside it, as it was read but for what was left out, so every version has its proof:
those of earlier houses too, and those whose logs were cut.
"""

from pathshala_api import schemas
from pathshala_api.paper.citing import article_of, cited, revision_url
from pathshala_common.contract.lesson import Article
from pathshala_common.contract.ports.store import StoredLesson
from pathshala_common.text.quoting import place_of


def proof_of(stored: StoredLesson) -> schemas.LessonProof:
    """Show the places of all quotes; null where the text has one no more, of a lesson that was edited say."""
    lesson = stored.lesson
    article = article_of(lesson.content)
    citations = []
    for one in cited(lesson.content) if article else ():
        place = place_of(one.quote, article.summary) if article else None
        citations.append(
            schemas.Citation(
                number=one.number,
                statement=one.place,
                text=lesson.content.statements[one.place - 1].text,
                quote=one.quote,
                start=place.start if place else None,
                end=place.end if place else None,
            )
        )
    return schemas.LessonProof(
        subject=lesson.subject,
        topic=lesson.topic,
        language=lesson.edition.language,
        level=lesson.level,
        version=lesson.version,
        task_id=lesson.task_id,
        stored=schemas.StoredEvent(event_id=stored.event_id, sha256=stored.sha256),
        article=_told(article) if article else None,
        citations=citations,
    )


def _told(article: Article) -> schemas.CitedArticle:
    return schemas.CitedArticle(
        title=article.title,
        text=article.summary,
        language=article.language,
        source=article.source,
        revision_id=article.revision_id,
        revision_url=revision_url(article),
        licence=article.licence,
    )
