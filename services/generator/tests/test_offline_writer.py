from pathshala_common.contract.lesson import Absence
from pathshala_generator.draft import Assignment, Draft, content_of, explanation_of
from pathshala_generator.offline_writer import FACTS_MAX, SENTENCE_LENGTH_MAX, OfflineWriter
from services.generator.tests.given import VERB, a_request, an_assignment, unrecorded


async def written(assignment: Assignment) -> Draft:
    return (await OfflineWriter().write(assignment, unrecorded)).draft


async def test_with_an_article_the_lesson_is_the_articles_own_sentences_under_its_name() -> None:
    draft = await written(an_assignment(a_request("english", "verbs")))

    assert draft.title.startswith("verbs")
    assert "“A verb is a word that in syntax generally conveys an action" in explanation_of(draft)
    assert "\n- Dr. J. Smith counts more than 3.5 thousand of them.\n" in explanation_of(draft)
    assert VERB.url in explanation_of(draft)
    assert "revision 1234, CC BY-SA 4.0" in explanation_of(draft)
    assert "“Verb”" in draft.question


async def test_without_an_article_it_claims_nothing_about_the_topic() -> None:
    draft = await written(an_assignment(a_request("english", "verbs"), article=None))

    assert "states no facts about it" in explanation_of(draft)
    assert "Look up “verbs” in a textbook on english" in explanation_of(draft)
    assert "four steps" in draft.question


async def test_a_long_article_is_shortened_to_a_few_sentences() -> None:
    summary = "\n".join([*(f"Fact number {number} is short." for number in range(50)), "word " * 3_000])
    article = VERB.model_copy(update={"summary": summary})

    draft = await written(an_assignment(article=article))

    assert explanation_of(draft).count("\n- ") == FACTS_MAX
    assert "Fact number 40" not in explanation_of(draft)


async def test_a_sentence_without_end_is_cut_where_a_word_ends() -> None:
    article = VERB.model_copy(update={"summary": "word " * 3_000})

    draft = await written(an_assignment(article=article))

    assert "word …" in explanation_of(draft)
    assert len(explanation_of(draft)) < SENTENCE_LENGTH_MAX + 300


async def test_the_lesson_says_that_it_was_written_offline_in_english_and_on_what() -> None:
    writer, hindi = OfflineWriter(), a_request("भाषा", "क्रिया", language="hi")
    grounded, bare = an_assignment(hindi), an_assignment(hindi, article=None)

    with_article = content_of(grounded, await writer.write(grounded, unrecorded), writer, None)
    without = content_of(bare, await writer.write(bare, unrecorded), writer, Absence.NOT_FOUND)

    assert (with_article.quality.writer, with_article.quality.model, with_article.language) == ("offline", None, "en")
    assert with_article.quality.grounded
    assert with_article.wikipedia_info == VERB
    assert not without.quality.grounded
    assert without.quality.ungrounded_reason is Absence.NOT_FOUND
    assert (without.shloka, without.shloka_source) == (bare.verses[0].text, bare.verses[0].source)
    assert without.translation == bare.verses[0].translation
