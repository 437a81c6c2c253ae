from itertools import pairwise

import pytest

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.examination import CHECKS
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import Absence, Article, Level, Precedent
from pathshala_generator.draft import Assignment, Written, content_of, explanation_of
from pathshala_generator.offline_examination import CHECKED
from pathshala_generator.offline_writer import OfflineWriter
from services.generator.tests.given import VERB, a_request, an_assignment, unrecorded
from services.generator.tests.recorded import examine

PLACES = (
    "river",
    "mountain",
    "kitchen",
    "market",
    "garden",
    "harbour",
    "desert",
    "village",
    "temple",
    "forest",
    "island",
)
FACTS = "A verb is a word. " + " ".join(
    f"In the {place}, another verb tells of the work near the {other}." for place, other in pairwise(PLACES)
)
MANY = VERB.model_copy(update={"summary": FACTS})


async def written(assignment: Assignment) -> Written:
    return await OfflineWriter().write(assignment, unrecorded)


async def draft_of(assignment: Assignment) -> Draft:
    return (await written(assignment)).draft


def quotes(draft: Draft) -> list[str]:
    return [said.quote for said in draft.statements if said.quote]


def at_level(level: Level, article: Article | None = MANY) -> Assignment:
    return an_assignment(a_request("english", "verbs").model_copy(update={"level": level}), article)


async def test_with_an_article_the_lesson_tells_its_sentences_with_the_words_they_rest_on() -> None:
    draft = await draft_of(an_assignment(a_request("english", "verbs")))

    assert (
        quotes(draft)[0]
        == "A verb is a word that in syntax generally conveys an action, an occurrence, or a state of being."
    )
    assert "Dr. J. Smith counts more than 3.5 thousand of them." in quotes(draft)
    assert all(quote in VERB.summary for quote in quotes(draft))
    assert "of being. [1]" in explanation_of(draft)
    assert "“Verb”" in explanation_of(draft)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("article", [VERB, MANY, None], ids=["short", "long", "none"])
@pytest.mark.parametrize("language", ["en", "en-GB", "hi"])
async def test_whatever_there_is_to_tell_the_lesson_passes_every_check_that_applies(
    level: Level, article: Article | None, language: str
) -> None:
    request = a_request("english", "verbs", language=language).model_copy(update={"level": level})
    assignment = an_assignment(request, article)

    result = await written(assignment)

    assert examine(result.draft, assignment) == ()
    assert result.draft.language == language[:2]
    assert set(result.checks_passed) <= CHECKED.keys() <= CHECKS.keys()
    assert ("evidence" in result.checks_passed) == (article is not None)


async def test_the_older_the_learners_the_more_is_told() -> None:
    counts = [len(quotes(await draft_of(at_level(level)))) for level in Level]

    assert counts == sorted(counts)
    assert counts[0] < counts[-1] < 12


async def test_the_facts_are_told_in_the_order_of_the_article() -> None:
    told = quotes(await draft_of(at_level(Level.ADULT)))

    assert told == sorted(told, key=FACTS.index)


async def test_without_an_article_it_claims_nothing_about_the_topic() -> None:
    result = await written(an_assignment(a_request("english", "verbs"), article=None))

    assert quotes(result.draft) == []
    assert result.checks_passed == ()
    assert any(phrase in explanation_of(result.draft) for phrase in ("no facts", "does not guess", "No source"))


@pytest.mark.parametrize("article", [VERB, None], ids=["article", "none"])
@pytest.mark.parametrize("language", ["en", "hi"])
async def test_lessons_one_after_the_other_repeat_neither_titles_nor_openings(
    article: Article | None, language: str
) -> None:
    request, known = a_request("english", "verbs", language=language), list[Precedent]()
    for _ in range(6):
        assignment = Assignment(request, article, an_assignment().verses, tuple(known[-3:]))
        draft = await draft_of(assignment)
        assert examine(draft, assignment) == ()
        known.append(Precedent(title=draft.title, opening=explanation_of(draft).partition("\n\n")[0][:300]))


async def test_the_same_request_gives_the_same_lesson_and_a_later_one_another() -> None:
    request = a_request("english", "verbs")
    later = request.model_copy(update={"requested_at": request.deadline})

    first, again, other = [await draft_of(an_assignment(each, MANY)) for each in (request, request, later)]

    assert first == again
    assert first != other


async def test_an_article_without_a_sentence_to_tell_is_refused_with_the_reason() -> None:
    markup = VERB.model_copy(update={"summary": "<script>verb(1)</script> <b>verb</b>"})

    with pytest.raises(Reject) as refused:
        await written(an_assignment(article=markup))

    assert refused.value.code == "lesson_refused"
    assert "plain_text" in refused.value.reason


async def test_a_topic_that_is_a_number_is_written_about() -> None:
    rising = VERB.model_copy(
        update={"title": "Rebellion of 1857", "summary": "The rebellion of 1857 was large. It began in Meerut in May."}
    )

    draft = await draft_of(an_assignment(a_request("history", "1857"), rising))

    assert "1857" in draft.title


async def test_an_article_in_another_language_is_quoted_as_what_it_is() -> None:
    assignment = an_assignment(a_request("भाषा", "क्रिया", language="hi"))

    draft = await draft_of(assignment)

    assert draft.language == "hi"
    assert "लेख “Verb” अपनी भाषा में कहता है: “A verb is" in explanation_of(draft)


@pytest.mark.parametrize(
    "topic", ["abcdefghij" * 20, "{topic} {0}", '“quoted” "more"', "<b>bold</b>", "१२३", "C++", "<>", "[insert topic]"]
)
@pytest.mark.parametrize("article", [VERB, None], ids=["article", "none"])
async def test_any_name_of_a_topic_can_be_written_about(topic: str, article: Article | None) -> None:
    draft = await draft_of(an_assignment(a_request("x", topic), article))

    assert all((draft.title, draft.activity, draft.question, draft.connection))


async def test_a_hard_article_makes_a_lesson_that_says_how_hard_it_is() -> None:
    hard = (
        "Photosynthesis (/sin/) comprises interdependent physicochemical transformations whereby photoautotrophic "
        "microorganisms, conventionally cyanobacteria, progressively assimilate atmospheric carbon dioxide. "
        "Photophosphorylation correspondingly (/fos/) regenerates adenosine triphosphate throughout illumination. "
        "Intermediate phosphoglyceraldehyde molecules subsequently constitute amylopectin. "
        "Chlorophyll-containing photosystems preferentially absorb electromagnetic radiation between particular "
        "wavelengths, conventionally expressed in nanometres, whereas carotenoids dissipate superfluous excitation."
    )
    article = VERB.model_copy(update={"title": "Photosynthesis", "summary": hard})
    assignment = at_level(Level.PRIMARY, article)

    result = await written(assignment)

    assert result.reading_level is not None
    assert not result.reading_level.fits
    assert "reading_level" not in result.checks_passed
    assert "(/sin/)" in quotes(result.draft)[0]
    assert "(/sin/)" not in explanation_of(result.draft)


async def test_the_lesson_says_that_it_was_written_offline_and_on_what() -> None:
    writer, hindi = OfflineWriter(), a_request("भाषा", "क्रिया", language="hi")
    grounded, bare = an_assignment(hindi), an_assignment(hindi, article=None)

    with_article = content_of(grounded, await writer.write(grounded, unrecorded), writer, None)
    without = content_of(bare, await writer.write(bare, unrecorded), writer, Absence.NOT_FOUND)

    assert (with_article.quality.writer, with_article.quality.model, with_article.language) == ("offline", None, "hi")
    assert with_article.quality.grounded
    assert with_article.quality.article_fallback
    assert with_article.wikipedia_info == VERB
    assert not without.quality.grounded
    assert without.quality.ungrounded_reason is Absence.NOT_FOUND
    assert (without.shloka, without.shloka_source) == (bare.verses[0].text, bare.verses[0].source)
    assert without.translation == bare.verses[0].translation_hi


@pytest.mark.parametrize("language", ["de", "ta", "pt-BR"])
@pytest.mark.parametrize("article", [VERB, None], ids=["article", "none"])
async def test_a_language_without_words_is_refused_with_those_that_there_are(
    language: str, article: Article | None
) -> None:
    with pytest.raises(Reject) as refused:
        await written(an_assignment(a_request("english", "verbs", language=language), article))

    assert refused.value.code == "language_unavailable"
    assert f"({language})" in refused.value.reason
    assert "en, hi" in refused.value.reason
