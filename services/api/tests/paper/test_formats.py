"""Which format a request means, by its Accept header."""

import pytest

from pathshala_api.paper.formats import LessonFormat, accepted

ALL = list(LessonFormat)
JSON, HTML, MD, PDF = LessonFormat.JSON, LessonFormat.HTML, LessonFormat.MARKDOWN, LessonFormat.PDF


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("text/*", HTML),
        ("text/markdown, text/html;q=0.9", MD),
        ("text/html;q=0.2, text/markdown;q=0.3", MD),
        ("TEXT/HTML; Q=0.5, application/json; q=0.4", HTML),
        ("*/*, text/html;q=0, application/json;q=0", MD),
        ("text/*;q=0.5, text/html;q=0", MD),
        ("application/pdf", PDF),
        ("application/json;q=nonsense, text/html;q=0.9", JSON),
        ("application/json;charset=utf-8", JSON),
        ("text/html;q=0.5, nonsense", HTML),
        ("image/png", None),
        ("application/json;q=0, */*;q=0", None),
        ("*/*;q=0.0", None),
    ],
)
def test_the_format_that_is_taken_best(accept: str | None, chosen: LessonFormat | None) -> None:
    assert accepted(accept, ALL) is chosen


def test_what_is_not_offered_is_not_chosen() -> None:
    assert accepted("application/pdf, text/html;q=0.1", [JSON, HTML]) is HTML
    assert accepted("application/pdf", [JSON, HTML]) is None


def test_no_two_formats_have_a_media_type_in_common() -> None:
    assert len({one.media_type for one in LessonFormat}) == len(LessonFormat)
