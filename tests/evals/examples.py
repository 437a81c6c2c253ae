"""Writes lessons of the offline writer down as one reads them: `python -m tests.evals.examples` fills docs/examples."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from pathshala_common.contract.lesson import LessonContent, Level
from pathshala_generator.draft import Assignment, content_of
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.shlokas import candidates, shipped_shlokas
from tests.evals.shelf import shelf
from tests.evals.topics import Topic

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
CHOSEN: Sequence[tuple[str, str, Level]] = (
    ("fraction", "en", Level.PRIMARY),
    ("वर्षा", "hi", Level.PRIMARY),
    ("electric current", "en", Level.MIDDLE),
    ("pythagorean theorem", "en", Level.SECONDARY),
    ("लोकतंत्र", "hi", Level.SECONDARY),
    ("constitution of india", "en", Level.ADULT),
)
NAMES = {"वर्षा": "rain", "लोकतंत्र": "democracy"}


def main() -> None:
    """Write all, a file each; a topic's name is English in the file's name."""
    by_name = {(topic.request.topic, topic.request.language, topic.request.level): topic for topic in shelf()}
    FOLDER.mkdir(exist_ok=True)
    for chosen in CHOSEN:
        name, language, level = chosen
        file = f"offline-{NAMES.get(name, name).replace(' ', '-')}-{level}-{language}.md"
        FOLDER.joinpath(file).write_text(asyncio.run(_shown(by_name[chosen])), "utf-8")


async def _shown(topic: Topic) -> str:
    writer = OfflineWriter()
    assignment = Assignment(topic.request, topic.article, candidates(shipped_shlokas(), topic.request, "example"))
    written = await writer.write(assignment, lambda _call: None)
    return markdown(topic, content_of(assignment, written, writer, None))


def markdown(topic: Topic, content: LessonContent) -> str:
    """Show a lesson with its sources, answers too."""
    request, source = topic.request, content.wikipedia_info or content.source_info
    asked = {name: getattr(request, name) for name in ("subject", "topic", "level", "language")}
    passed = ", ".join(content.quality.checks_passed)
    parts = [
        f"# {content.title}",
        f"Order: `{json.dumps(asked, ensure_ascii=False)}`. Writer: {content.quality.writer}. Checks passed: {passed}.",
        *map(_quoted, filter(None, (content.shloka, content.shloka_transliteration))),
        f"{content.translation} ({content.shloka_source})",
        content.shloka_connection,
        *(f"**Objectives.** {' '.join(content.objectives)}" for _ in content.objectives[:1]),
        content.explanation,
        f"**Activity.** {content.activity}",
        f"**Minutes.** {content.minutes}. **Materials.** {', '.join(content.materials) or 'none'}.",
        *_questions(content),
        f"Source: “{source.title}” ({content.source}, {source.licence})." if source else "No source.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}  " for line in text.splitlines()).rstrip()


def _questions(content: LessonContent) -> Sequence[str]:
    asked = (
        "".join((f"**Question {number}.** {asking.text}\n\n", *(f"- {option}\n" for option in asking.options)))
        for number, asking in enumerate(content.questions, 1)
    )
    told = (f"*Answer {number}:* {asking.answer}" for number, asking in enumerate(content.questions, 1))
    return [*(text.rstrip() for text in asked), "  \n".join(told)]


if __name__ == "__main__":
    main()
