"""The page docs/commands.md as it follows from the code; `python -m tests.documents.commands_page` writes it."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import EnumType
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import typer.main
from typer.core import TyperCommand, TyperGroup

from pathshala.cli import app
from pathshala.console.action import OpenedConsole
from pathshala.control.wanted import TasksDone
from pathshala.dead.action import LettersDone
from pathshala.events.action import LoggedEvent
from pathshala.exits import EXIT_CODES
from pathshala.keys.action import RevokedKey
from pathshala.lesson.reading import ExportedLesson
from pathshala.migrate.action import Migrated
from pathshala.rebuild.action import Rebuilt
from pathshala.replay.lessons_view import LessonsOfStep
from pathshala.replay.view import Replayed
from pathshala.republish.action import Republished
from pathshala.sources.action import CheckedSources, StaleLesson
from pathshala.verify.action import VerifiedFile
from pathshala.webhooks.action import EndToldAgain
from pathshala_api import access_schemas, class_set_schemas, schemas, version_schemas
from pathshala_api.routes.operator import bodies
from pathshala_common.operating.writing import WritingState

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


@dataclass(frozen=True, slots=True)
class Output:
    """A form in which `--json` prints: one of the API's or one of the command line's own, or a list of it; and when."""

    form: type
    when: str = ""
    is_list: bool = False


OUTPUTS: Mapping[str, tuple[Output, ...]] = {
    "lesson create": (Output(schemas.Accepted), Output(schemas.TaskStatus, "with `--wait` or `--watch`")),
    "lesson show": (
        Output(schemas.LessonVersion),
        Output(schemas.ChangedVersion, "of one that was made of another"),
        Output(schemas.PupilVersion, "with `--pupil`"),
    ),
    "lesson list": (Output(schemas.EditionList),),
    "lesson versions": (Output(version_schemas.VersionList),),
    "lesson diff": (Output(version_schemas.VersionDiff),),
    "lesson edit": (Output(schemas.ChangedVersion),),
    "lesson export": (Output(ExportedLesson),),
    "lesson verify": (Output(VerifiedFile),),
    "class": (Output(class_set_schemas.ClassSetStatus),),
    "tasks": (
        Output(schemas.TaskList),
        Output(schemas.TaskStatus, "of a TASK"),
        Output(schemas.TaskEntry, "with `--watch`, a line for each change"),
    ),
    "cancel": (Output(TasksDone),),
    "retry": (Output(TasksDone),),
    "events": (Output(LoggedEvent, is_list=True),),
    "queues": (Output(bodies.QueueList),),
    "open": (Output(OpenedConsole),),
    "doctor": (Output(bodies.Examination),),
    "migrate": (Output(Migrated),),
    "replay": (Output(Replayed), Output(LessonsOfStep, "with `--live-llm`, `--prompt` or `--model`")),
    "rebuild": (Output(Rebuilt),),
    "republish": (Output(Republished),),
    "pause": (Output(WritingState),),
    "resume": (Output(WritingState),),
    "keys create": (Output(access_schemas.NewKey),),
    "keys list": (Output(access_schemas.KeyEntry, is_list=True),),
    "keys revoke": (Output(RevokedKey),),
    "dead list": (Output(bodies.DeadLetterEntry, is_list=True),),
    "dead show": (Output(bodies.DeadLetterDetails),),
    "dead redrive": (Output(LettersDone),),
    "dead drop": (Output(LettersDone),),
    "webhooks redeliver": (Output(EndToldAgain),),
    "sources check": (Output(CheckedSources),),
}
"""The form of each command's output for a program."""

OWN: tuple[type, ...] = (
    *(ExportedLesson, VerifiedFile, TasksDone, LoggedEvent, OpenedConsole, Migrated, Replayed, LessonsOfStep),
    *(Rebuilt, Republished, RevokedKey, LettersDone, EndToldAgain, CheckedSources, StaleLesson),
)
"""The forms that the API does not have."""

INTRODUCTION = """# Commands

`pathshala`, after an installation; `scripts/run` in a checkout; `python -m pathshala` anywhere: all take the same \
words. Without a word it starts the house. `pathshala --version` says which release it is.

Commands that have `--url` ask a running house: the one that `PATHSHALA_URL` names, by the key in `PATHSHALA_KEY`, or \
else the local one, at `PATHSHALA_HOST` and `PATHSHALA_PORT`. Of these, `cancel`, `retry`, `keys`, `pause`, `resume` \
open the store that `PATHSHALA_STORE_URL` names if no address is given, and ask the local house if that owns the file; \
`lesson verify` reads the store then, and `webhooks redeliver` goes by the broker. All others are for the machine of \
the house, and read its store or its broker by [the same settings](settings.md).

What a program reads is on standard output alone: with `--json`, JSON in ASCII, whose fields stay what they are, \
though more may come. Progress, questions and errors are on standard error. An error is one line, and says what to do. \
Colours and live displays are for terminals; `NO_COLOR` takes the colours away. Ctrl-C ends a command at once; what \
the house was asked for goes on.

Completion, for bash, zsh and fish, by `pathshala completion`: see [there](#pathshala-completion).

Written by `scripts/commands`, from the commands; a test holds it to them.
"""


def page() -> str:
    """The whole page: exit codes, a section for each command, and the forms that `--json` prints."""
    codes = [
        "## Exit codes",
        "",
        "| code | |",
        "|---|---|",
        *(f"| {code} | {text} |" for code, text in EXIT_CODES.items()),
    ]
    sections = ["\n".join(_section(words, command)) for words, command in commands()]
    forms = ["\n".join(_form(form)) for form in OWN]
    head = (
        "## Forms\n\nThose that `--json` prints and the API does not have. A `?` marks a field that may be left out.\n"
    )
    return "\n".join([INTRODUCTION, "\n".join(codes) + "\n", *sections, head, *forms])


def commands() -> Iterator[tuple[str, TyperCommand]]:
    """Every command that is shown, by its words."""
    whole = typer.main.get_command(app)
    assert isinstance(whole, TyperGroup)
    yield from _commands(whole, "")


def _commands(group: TyperGroup, before: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        words = f"{before} {name}".strip()
        if isinstance(command, TyperGroup):
            yield from _commands(command, words)
        elif not command.hidden:
            assert isinstance(command, TyperCommand)
            yield words, command


def _section(words: str, command: TyperCommand) -> list[str]:
    """A command: what it does, an example, its arguments and options, its exit codes, what it prints for a program."""
    does, _, example = str(command.help).partition("\n\n\b\nExample:\n")
    lines = [f"## pathshala {words}", "", *does.splitlines(), ""]
    lines += ["```sh", *(line.strip() for line in example.splitlines()), "```", ""]
    rows = [row for parameter in command.params if (row := _row(parameter)) is not None]
    if rows:
        lines += ["| | default | |", "|---|---|---|", *rows, ""]
    lines += [_exit_codes(command), ""]
    if words in OUTPUTS:
        of_api = any(output.form not in OWN for output in OUTPUTS[words])
        where = ", as the API's description at `/docs` has it" if of_api else ""
        lines += [f"`--json`: {'; '.join(map(_named, OUTPUTS[words]))}{where}.", ""]
    return lines


def _row(parameter: Any) -> str | None:
    if parameter.name == "help":
        return None
    is_argument = parameter.param_type_name == "argument"
    given = parameter.metavar if is_argument else f"{', '.join(parameter.opts)} {_value(parameter)}".strip()
    default = "" if parameter.default in (None, False) or parameter.required else f"`{_text(parameter.default)}`"
    variable = f" (`{parameter.envvar}`)" if parameter.envvar else ""
    return f"| `{given}` | {default} | {parameter.help}{variable} |"


def _value(parameter: Any) -> str:
    """The value that an option takes, as its help shows it."""
    kind = parameter.type_descriptor.annotation
    if parameter.is_flag:
        return ""
    if parameter.metavar:
        return str(parameter.metavar)
    choices = get_args(kind) if get_origin(kind) is Literal else list(kind) if isinstance(kind, EnumType) else []
    return "\\|".join(map(_text, choices)) or VALUES[kind]


VALUES: Mapping[Any, str] = {str: "TEXT", list[str]: "TEXT", int: "NUMBER", Path: "FILE"}


def _text(value: Any) -> str:
    return str(getattr(value, "value", value))


def _exit_codes(command: TyperCommand) -> str:
    """Take the paragraph on exit codes from the module of the command."""
    assert command.callback is not None
    told = str(sys.modules[command.callback.__module__].__doc__)
    found = re.search(r"Exit codes: (.+?)\n*$", told, re.DOTALL)
    assert found, f"{command.callback.__module__} tells no exit codes"
    return f"Exit codes: {' '.join(found[1].split())}"


def _named(output: Output) -> str:
    name = output.form.__name__
    shown = f"[`{name}`](#{name.lower()})" if output.form in OWN else f"`{name}`"
    listed = f"a list of {shown}" if output.is_list else shown
    return f"{listed} {output.when}".strip()


def _form(form: type) -> list[str]:
    assert is_typeddict(form)
    told = str(form.__doc__).strip()
    rows = [_field(name, hint) for name, hint in get_type_hints(form, include_extras=True).items()]
    return [f"### {form.__name__}", "", told, "", "| | | |", "|---|---|---|", *rows, ""]


def _field(name: str, hint: Any) -> str:
    optional = "?" if get_origin(hint) is NotRequired else ""
    kind, text = get_args(get_args(hint)[0] if optional else hint)
    return f"| `{name}`{optional} | {_kind(kind)} | {text} |"


def _kind(kind: Any) -> str:
    """A type, as JSON has it."""
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return " or ".join(_kind(one) for one in get_args(kind))
    if is_typeddict(kind):
        return f"[`{kind.__name__}`](#{kind.__name__.lower()})"
    name = getattr(origin or kind, "__name__", "")
    if name in {"list", "Sequence"}:
        return f"array of {_kind(get_args(kind)[0])}"
    kinds = {"int": "integer", "float": "number", "str": "string", "bool": "boolean", "NoneType": "null"}
    return kinds.get(name, "object" if name == "dict" else "any")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
