"""Counts the background list anew: in how many of our own texts each family of words stands.

    python -m tests.evals.background

The texts are the shipped sample articles, the articles of the evals, the leads of the checks' tests, the verses'
translations and the plan's paragraphs. What the topic gate is measured on is not among them.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pathshala_common.checks import topic_words
from pathshala_common.text import background
from pathshala_common.text.dissection import dissected
from pathshala_generator.lesson_plan import shipped_plan
from pathshala_generator.shlokas import shipped_shlokas
from tests.evals.topics import topics

ROOT = Path(__file__).parents[2]
LIST = Path(background.__file__).parent / "lists" / f"{background.LIST}.json"
SAMPLES = ROOT / "services/enricher/src/pathshala_enricher/samples"
LEADS = ROOT / "services/generator/tests/checks/leads.json"
LANGUAGES = ("en", "hi")


def counted(language: str) -> background.Background:
    """Count one language."""
    texts = list(_texts(language))
    found = Counter(chain.from_iterable(dissected(text).families(language) for text in texts))
    kept = sorted(
        (family, count)
        for family, count in found.items()
        if count >= background.TEXTS_MIN and not family.isdigit() and topic_words.tells(family)
    )
    return background.Background(texts=len(texts), families=dict(kept))


def _texts(language: str) -> Iterator[str]:
    for article in (topic.article for topic in topics()):
        if article and article.language == language:
            yield article.summary
    samples = json.loads((SAMPLES / f"{language}.json").read_text("utf-8"))
    yield from (article["summary"] for article in samples["articles"])
    if language == "en":
        yield from (f"{lead['topic']}. {lead['lead']}" for lead in json.loads(LEADS.read_text("utf-8")))
        yield from (verse.translation for verse in shipped_shlokas())
        yield from chain.from_iterable(section.split("\n\n") for section in shipped_plan().sections.values())


def main() -> None:
    """Write the list."""
    lists = {language: counted(language).model_dump() for language in LANGUAGES}
    LIST.write_text(json.dumps(lists, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
