"""Common Cartridge 1.3: packages are built as the profile has it, and hold what the lessons say."""

import io
import zipfile
from xml.etree.ElementTree import fromstring

import pytest

from pathshala_api.paper.cartridge import common_cartridge
from pathshala_api.paper.packing import packed
from pathshala_common.contract.lesson import LessonQuestion, QuestionForm
from services.api.tests.paper.cartridge_rules import QTI, faults
from services.api.tests.paper.given import CANARIES, CANARY, HINDI, STORED, UNGROUNDED, with_content

TWO_OPTIONS = with_content(
    questions=(LessonQuestion(form=QuestionForm.CHOICE, text="Which?", options=("a", "b"), answer="b"),)
)
ALL = [STORED, HINDI, CANARIES, UNGROUNDED, TWO_OPTIONS]


def opened(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_package_is_as_the_profile_has_it() -> None:
    assert faults(common_cartridge(ALL, "Five lessons")) == []


def test_an_open_question_without_an_answer_is_scored_by_nothing() -> None:
    questions = opened(common_cartridge([UNGROUNDED], "One"))["lesson_1/questions.xml"]

    assert b"resprocessing" not in questions


def test_the_same_lessons_are_the_same_bytes() -> None:
    assert common_cartridge(ALL, "Five") == common_cartridge(ALL, "Five")


def test_a_lesson_is_two_pages_and_an_assessment() -> None:
    files = opened(common_cartridge([STORED], "One"))

    assert files.keys() == {
        "imsmanifest.xml",
        "lesson_1/pupil.html",
        "lesson_1/teacher.html",
        "lesson_1/questions.xml",
    }
    assert b"infinitive.</li>" not in files["lesson_1/pupil.html"]
    assert b"To tell what happens." not in files["lesson_1/pupil.html"]
    assert b"To tell what happens." in files["lesson_1/teacher.html"]
    items = list(fromstring(files["lesson_1/questions.xml"]).iter(f"{{{QTI}}}item"))
    assert len(items) == 4


def test_markup_stays_text() -> None:
    files = opened(common_cartridge([CANARIES], CANARY))

    question = fromstring(files["lesson_1/questions.xml"]).find(
        f".//{{{QTI}}}presentation/{{{QTI}}}material/{{{QTI}}}mattext"
    )
    assert question is not None
    assert (question.text, question.get("texttype")) == (CANARY, "text/plain")


def test_a_name_that_xml_cannot_hold_damages_nothing() -> None:
    assert faults(common_cartridge([STORED], "Class 7b\uffff")) == []


@pytest.mark.parametrize(
    ("name", "wrong", "fault"),
    [
        ("imsmanifest.xml", (b"1.3.0", b"1.2.0"), "it is of"),
        ("imsmanifest.xml", (b"<organizations>", b"<organizations><x/>"), "organizations holds"),
        ("imsmanifest.xml", (b'href="lesson_1/questions.xml"', b'href="lesson_1/other.xml"'), "differ by"),
        ("lesson_1/questions.xml", (b"cc.true_false", b"cc.multiple_choice"), "has 2 options"),
        ("lesson_1/questions.xml", (b">option_3<", b">option_9<"), "scores what is no answer"),
        ("lesson_1/questions.xml", (b'vartype="Decimal"', b'vartype="Text"'), "decvar has vartype"),
        ("lesson_1/questions.xml", (b'linkrefid="solution"', b'linkrefid="other"'), "feedback is shown"),
        ("lesson_1/questions.xml", (b">Examination<", b">Test<"), "assessment has qmd_assessmenttype"),
        ("lesson_1/questions.xml", (b"qmd_computerscored", b"qmd_scored"), "itemmetadata has qmd_scored"),
        ("lesson_1/questions.xml", (b"cc.essay", b"cc.song"), "there is no profile"),
        ("lesson_1/questions.xml", (b'case="No">option_3</varequal>', b'case="No"/>'), "scores what is no answer"),
        ("imsmanifest.xml", (b">Instructor<", b">Teacher<"), "the value of a role"),
        ("imsmanifest.xml", (b"_CC_Rolesv1p2<", b"_CC_Rolesv1p1<"), "the source of a role"),
        ("imsmanifest.xml", (b"lomimscc:general>", b"lomimscc:other>"), "manifest:lom holds"),
        ("imsmanifest.xml", (b"lomimscc:lom>", b"lom:lom>"), "says nothing of itself"),
        ("imsmanifest.xml", (b"</metadata>", b"</metadata>stray"), "holds text"),
        ("imsmanifest.xml", (b"<title>", b"<title><lomimscc:string>One</lomimscc:string>"), "title holds"),
        ("imsmanifest.xml", (b"<lomimscc:title>", b"<lomimscc:title>stray"), "manifest:title holds text"),
        ("imsmanifest.xml", (b"lom:source>", b"lomimscc:source>"), "resource:intendedEndUserRole holds"),
        ("lesson_1/questions.xml", (b"</section>", b"</section>stray"), "assessment holds text"),
    ],
)
def test_a_package_that_is_otherwise_would_be_found(name: str, wrong: tuple[bytes, bytes], fault: str) -> None:
    files = opened(common_cartridge([STORED], "One"))
    assert wrong[0] in files[name]
    files[name] = files[name].replace(*wrong)

    assert any(fault in found for found in faults(packed(files)))
