"""The HTML file: it needs nothing else, runs nothing, says all that licences ask for, and keeps answers from pupils."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from pathshala_api.paper.html import html, policy
from pathshala_api.paper.pieces import joined
from pathshala_api.paper.stamp import Sheet, Stamp, stamps_in
from pathshala_common.contract.lesson import CheckFinding, Derivation, Examined, HowMade, Overruling
from pathshala_common.contract.ports.store import StoredLesson
from services.api.tests.paper.given import CANARIES, HINDI, QUESTIONS, STORED, UNGROUNDED

LOADING = {"src", "srcset", "data", "background", "poster", "action", "formaction", "ping", "manifest", "xlink:href"}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "span", "br"),
    *("ul", "li", "div", "blockquote", "a"),
}


class Parsed(HTMLParser):
    """The elements of a file, whose tags must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


def file_of(stored: StoredLesson, sheet: Sheet = Sheet.BOTH) -> str:
    return joined(html(stored, sheet)).decode()


@pytest.mark.parametrize("stored", [STORED, HINDI, CANARIES, UNGROUNDED])
@pytest.mark.parametrize("sheet", Sheet)
def test_it_refers_to_nothing_outside_but_links(stored: StoredLesson, sheet: Sheet) -> None:
    text = file_of(stored, sheet)
    parsed = Parsed(text)

    assert not parsed.open
    assert {tag for tag, _ in parsed.elements} <= TAGS
    for tag, attributes in parsed.elements:
        assert not LOADING & attributes.keys()
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert tag == "a" or "href" not in attributes
        assert re.match("https?://", attributes.get("href", "https://"))
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|@font-face|expression|javascript", style)
    said = next(attributes for _, attributes in parsed.elements if attributes.get("http-equiv"))
    assert said["content"] == policy()
    assert policy().startswith("default-src 'none'; style-src 'sha256-")


def test_it_says_what_it_stands_on_and_whose_that_is() -> None:
    parsed = Parsed(file_of(STORED))
    text = " ".join(parsed.texts)

    links = [attributes["href"] for tag, attributes in parsed.elements if tag == "a"]
    assert links.count("https://en.wikipedia.org/wiki/Verb?oldid=1234") == 2 + 2 + 2
    assert "https://commons.wikimedia.org/wiki/File:Verb.png" in links
    assert "https://creativecommons.org/licenses/by-sa/4.0/" in links
    assert "upload.wikimedia.org" not in "".join(links)
    for said in ("en.wikipedia.org, revision 1234", "CC BY-SA 4.0", "by Asha, CC BY 4.0", "2026-11-23", "ab" * 32):
        assert said in text, said
    assert "a word that generally conveys an action" in text


def test_a_pupil_s_sheet_has_no_answer_and_a_teacher_s_has_all() -> None:
    pupil, teacher = file_of(STORED, Sheet.PUPIL), file_of(STORED, Sheet.TEACHER)

    for told in ("To tell what happens.", "Answer", STORED.lesson.content.objectives[0], "30 minutes"):
        assert told not in pupil
        assert told in teacher
    for question in QUESTIONS:
        assert question.text in pupil
        assert question.text in teacher
    assert pupil.count('class="writing"') == 1 + 3, "a line for the gap, three for the open question"
    both = file_of(STORED)
    assert (both.count("<main"), pupil.count("<main"), teacher.count("<main")) == (2, 1, 1)


def test_a_hindi_lesson_has_hindi_words_around_and_says_which_language_is_which() -> None:
    parsed = Parsed(file_of(HINDI))

    assert parsed.elements[0] == ("html", {"lang": "hi"})
    assert {"sa", "sa-Latn", "hi"} <= {attributes.get("lang") for _, attributes in parsed.elements}
    text = " ".join(parsed.texts)
    for words in ("प्रश्न", "शिक्षक के लिए", "ग़लत", "स्रोत"):
        assert words in text
    assert "Teacher" not in text


def test_a_teacher_sees_who_changed_a_version_and_what_the_checks_find_in_it() -> None:
    examined = Examined(
        found=(CheckFinding(check="reading_level", part="explanation", reason="is too hard"),),
        overruled=(Overruling(check="reading_level", reason="They know these words."),),
    )
    made_of = Derivation(how=HowMade.EDITED, revision=2, note="A nearer example.")
    changed = {"made_by": "Asha", "derivation": made_of, "examined": examined}
    stored = replace(STORED, lesson=STORED.lesson.model_copy(update=changed))

    teacher, pupil = file_of(stored, Sheet.TEACHER), file_of(stored, Sheet.PUPIL)

    for told in (
        "Asha, of version 1.1: A nearer example.",
        "explanation is too hard (reading_level)",
        "reading_level: They know these words.",
    ):
        assert told in teacher
        assert told not in pupil


def test_a_lesson_without_an_article_says_so() -> None:
    text = file_of(UNGROUNDED)

    assert "It stands on no article" in text
    assert 'class="cite"' not in text


def test_the_stamp_says_which_lesson_it_is() -> None:
    [stamp] = stamps_in(file_of(STORED, Sheet.PUPIL))

    assert stamp == Stamp.of(STORED, Sheet.PUPIL)
    assert stamp.address == "/lessons/English/verbs%20%26%20more?language=en&level=middle&version=1.2"
