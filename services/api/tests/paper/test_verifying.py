"""Verifying: a file is what the log holds, or the first place where it is not is named, in every format."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest

from pathshala_api import schemas
from pathshala_api.paper.files import file_of, packed_lessons
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.lesson_file import NoLessonFileError, opened
from pathshala_api.paper.packing import packed
from pathshala_api.paper.stamp import FORM, Sheet, Stamp
from pathshala_api.paper.verifying import Difference, first_difference
from pathshala_common.contract.ports.store import StoredLesson
from services.api.tests.paper.given import CANARIES, HINDI, STORED, UNGROUNDED

LESSONS = [STORED, HINDI, CANARIES, UNGROUNDED]
TEXTS = [LessonFormat.HTML, LessonFormat.MARKDOWN]

CHANGES = [
    ("Understanding Verbs", "Understanding Verts", "title"),
    ("Learning gives humility", "Learning gives humidity", "translation"),
    ("विनयं", "विनय", "shloka"),
    ("A verb conveys an action. ", "A verb conveys no action. ", "explanation"),
    ("Find five verbs.", "Find four verbs.", "activity"),
    ("a pencil", "a pen", "materials"),
    ("Which is a verb?", "Which is a noun?", "questions.1.text"),
    ("To tell what happens.", "To tell what happened.", "questions.4.answer"),
    ("generally conveys", "often conveys", "statements.2.quote"),
    ("30 minutes", "31 minutes", "minutes"),
    ("revision 1234", "revision 1235", "wikipedia_info.title"),
    ("oldid=1234", "oldid=1235", None),
]


def said_json(stored: StoredLesson, view: schemas.View = schemas.View.TEACHER) -> bytes:
    return schemas.lesson_version(stored, view)


def compared(content: bytes, *lessons: StoredLesson) -> Difference | None:
    return first_difference(opened(content), lessons)


@pytest.mark.parametrize("stored", LESSONS)
@pytest.mark.parametrize("sheet", Sheet)
@pytest.mark.parametrize("wanted", [*TEXTS, LessonFormat.DOCX])
def test_a_file_as_it_was_given_is_what_the_log_holds(stored: StoredLesson, sheet: Sheet, wanted: LessonFormat) -> None:
    file = opened(file_of(stored, wanted, sheet))

    assert (file.format, list(file.stamps)) == (wanted, [Stamp.of(stored, sheet)])
    assert first_difference(file, [stored]) is None


@pytest.mark.parametrize("wanted", [LessonFormat.GIFT, LessonFormat.CARTRIDGE])
def test_a_pack_is_verified_as_a_whole(wanted: LessonFormat) -> None:
    content = packed_lessons(wanted, LESSONS * 3, "A “pack” & more")

    assert compared(content, *LESSONS * 3) is None


@pytest.mark.parametrize(("before", "after", "field"), CHANGES)
@pytest.mark.parametrize("wanted", TEXTS)
def test_a_changed_letter_is_found_and_its_field_named(
    wanted: LessonFormat, before: str, after: str, field: str | None
) -> None:
    text = file_of(STORED, wanted, Sheet.BOTH).decode()
    assert before in text
    changed = text.replace(before, after)

    found = compared(changed.encode(), STORED)

    assert found is not None
    assert field is None or found.field == field
    line = int(re.findall(r"line (\d+)", found.place)[0])
    assert text.split("\n")[line - 1] != changed.split("\n")[line - 1]
    assert text.split("\n")[: line - 1] == changed.split("\n")[: line - 1]
    assert found.expected != found.found


@pytest.mark.parametrize("wanted", TEXTS)
def test_what_was_added_around_the_fields_is_found_too(wanted: LessonFormat) -> None:
    text = file_of(STORED, wanted, Sheet.BOTH).decode()

    for changed in (f"{text}And more.", text.replace("Teacher", "Teachers")):
        assert compared(changed.encode(), STORED) is not None


def test_line_ends_of_another_system_are_no_change() -> None:
    for wanted in TEXTS:
        content = file_of(STORED, wanted, Sheet.BOTH)
        assert compared(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"), STORED) is None


def test_json_is_compared_field_by_field() -> None:
    assert compared(said_json(STORED), STORED) is None
    assert compared(said_json(STORED, schemas.View.PUPIL), STORED) is None
    told = json.loads(said_json(STORED))
    assert compared(json.dumps(told | {"a_later_field": 1}, indent=4).encode(), STORED) is None

    told["questions"][1]["answer"] = "true"
    found = compared(json.dumps(told).encode(), STORED)

    assert found == Difference("questions.2.answer", "questions.2.answer", '"false"', '"true"')
    del told["questions"]
    missing = compared(json.dumps(told).encode(), STORED)
    assert missing is not None
    assert missing.field == "questions"


def test_a_changed_letter_in_a_document_is_found() -> None:
    content = file_of(STORED, LessonFormat.DOCX, Sheet.BOTH)

    found = compared(_changed(content, "word/document.xml", b"five verbs", b"four verbs"), STORED)

    assert found is not None
    assert found.field == "activity"
    assert found.place.startswith("paragraph ")


@pytest.mark.parametrize(
    ("name", "before", "after", "field"),
    [
        ("lesson_2/pupil.html", b"Find five", b"Find four", "activity"),
        ("lesson_2/questions.xml", b"infinitive", b"infinitives", "lesson_2/questions.xml"),
        ("imsmanifest.xml", b"webcontent", b"other", "imsmanifest.xml"),
    ],
)
def test_a_changed_letter_in_a_package_is_found(name: str, before: bytes, after: bytes, field: str) -> None:
    content = packed_lessons(LessonFormat.CARTRIDGE, [UNGROUNDED, STORED], "Two")

    found = compared(_changed(content, name, before, after), UNGROUNDED, STORED)

    assert found is not None
    assert found.field == field
    assert found.place.startswith(name)


def test_a_file_of_another_lesson_or_event_is_found() -> None:
    content = file_of(STORED, LessonFormat.HTML, Sheet.BOTH)

    other = compared(content, replace(STORED, sha256="cd" * 32))

    assert other == Difference("SHA-256", "the stamp", "cd" * 32, "ab" * 32)


def test_a_file_of_another_form_is_searched_for_each_text() -> None:
    for wanted in TEXTS:
        text = file_of(STORED, wanted, Sheet.BOTH).decode().replace(f"pathshala-file:{FORM}", "pathshala-file:99")
        other = text.replace("Teacher", "Master")
        assert compared(other.encode(), STORED) is None
        assert not opened(other.encode()).is_of_this_form

        found = compared(other.replace("Find five", "Find four").encode(), STORED)

        assert found is not None
        assert found.field == "activity"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# A lesson\n",
        b"{}",
        b'{"stored": 1}',
        b"[" * 100_000,
        b"%PDF-1.7",
        b"PK\x03\x04 damaged",
        b"\xff\xfe\x00",
        packed({"a.txt": b"b"}),
        packed({"word/document.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
        packed({"word/document.xml": b"<a>"}),
    ],
)
def test_what_is_no_file_of_a_lesson_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NoLessonFileError):
        opened(content)


def _changed(package: bytes, name: str, before: bytes, after: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    assert before in files[name]
    return packed(files | {name: files[name].replace(before, after)})
