"""The lesson that a command is about."""

from dataclasses import dataclass
from typing import Annotated

import typer

from pathshala.options import HouseAddress, LevelName

SubjectArgument = Annotated[str, typer.Argument(metavar="SUBJECT", help="The subject: english, say.")]
TopicArgument = Annotated[str, typer.Argument(metavar="TOPIC", help="The topic within the subject: verbs, say.")]
LanguageOption = Annotated[str | None, typer.Option("--language", help="A language tag: en, hi or pt-BR, say.")]
LevelOption = Annotated[LevelName | None, typer.Option("--level", help="Whom it is for.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOptions(HouseAddress):
    """The options that choose a lesson of a house, in one of its editions."""

    subject: SubjectArgument
    topic: TopicArgument
    language: LanguageOption = None
    level: LevelOption = None

    @property
    def edition(self) -> dict[str, object]:
        """The language and level, as the house takes them."""
        return {"language": self.language, "level": self.level}
