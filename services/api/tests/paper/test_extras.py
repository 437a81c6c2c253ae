"""DOCX and PDF, where their libraries are: the whole lesson, the same bytes each time, and nothing fetched."""

import io
import zipfile
from importlib.util import find_spec

import pytest

from pathshala_api.paper.files import file_of
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.lesson_file import DOCUMENT, paragraphs_of
from pathshala_api.paper.stamp import Sheet
from pathshala_common.contract.ports.store import StoredLesson
from services.api.tests.paper.given import CANARIES, CANARY, HINDI, STORED, UNGROUNDED

LESSONS = [STORED, HINDI, CANARIES, UNGROUNDED]


def paragraphs(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return list(paragraphs_of(archive.read(DOCUMENT)))


class TestDocx:
    def test_it_has_the_lesson_and_no_answer_on_a_pupil_s_sheet(self) -> None:
        both, pupil = (paragraphs(file_of(STORED, LessonFormat.DOCX, sheet)) for sheet in (Sheet.BOTH, Sheet.PUPIL))

        assert "विद्या ददाति विनयं\nविनयाद्याति पात्रताम् ॥" in both
        assert "Answer: To tell what happens." in both
        assert "A verb conveys an action. [1]" in " ".join(pupil)
        assert not any("To tell what happens." in text for text in pupil)

    @pytest.mark.parametrize("stored", LESSONS)
    def test_the_same_lesson_is_the_same_bytes(self, stored: StoredLesson) -> None:
        assert file_of(stored, LessonFormat.DOCX, Sheet.BOTH) == file_of(stored, LessonFormat.DOCX, Sheet.BOTH)

    def test_markup_is_text(self) -> None:
        assert any(CANARY in text for text in paragraphs(file_of(CANARIES, LessonFormat.DOCX, Sheet.BOTH)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pdf_is_printed_of_each_lesson_and_fetches_nothing() -> None:
    if find_spec("weasyprint") is None:
        with pytest.raises(ModuleNotFoundError, match="weasyprint"):
            file_of(STORED, LessonFormat.PDF, Sheet.BOTH)
        return
    for stored in LESSONS:
        assert file_of(stored, LessonFormat.PDF, Sheet.BOTH).startswith(b"%PDF-")
