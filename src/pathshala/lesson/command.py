"""`pathshala lesson`: order lessons from a running house, read, edit and export them, and verify a file of one.

Exit codes: 0 done, 1 the lesson failed, there is no such lesson, the house refused or does not answer, 2 an option or a
file is wrong.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pathshala.lesson.chosen import LanguageOption, LessonOptions, LevelOption
from pathshala.options import HouseAddress, JsonOption, example, sharing
from pathshala.verify.command import verify

lesson = typer.Typer(no_args_is_help=True, help="Lessons: create, show, list, compare, edit, export, verify.")

VersionOption = Annotated[str | None, typer.Option("--version", help="An older version: 1.0, say.")]
ApprovedOption = Annotated[bool, typer.Option("--approved", help="The newest version that a teacher approved.")]
PupilOption = Annotated[bool, typer.Option("--pupil", help="As a pupil sees it: without answers.")]
UserOption = Annotated[str | None, typer.Option("--user", help="Who does it, if there is no key that says so.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100, help="At most so many.")]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait for the lesson, and print it.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="The same, and show each stage with its time.")]
SourceOption = Annotated[
    Path | None, typer.Option("--source", help="A text that the lesson is to stand on, instead of Wikipedia's.")
]
NoWikipediaOption = Annotated[bool, typer.Option("--no-wikipedia", help="Let it stand on no article.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why, for everybody who reads the versions.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="Take the edit from this file, as the editor would have it.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=TEXT", help="Change this field; may be repeated.")
]
FormatOption = Annotated[
    Literal["html", "md", "gift", "imscc", "docx", "pdf", "json"], typer.Option("--format", help="The kind of file.")
]
SheetOption = Annotated[
    Literal["pupil", "teacher", "both"] | None,
    typer.Option("--sheet", help="Which sheets are in it; both, if left out."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where to save it; by the lesson's name, if left out.")
]


@lesson.command("create")
@sharing(LessonOptions)
@example(
    "pathshala lesson create english verbs --watch",
    "pathshala lesson create science 'water cycle' --language hi --level primary --wait",
)
def create_command(
    chosen: LessonOptions,
    *,
    source: SourceOption = None,
    no_wikipedia: NoWikipediaOption = False,
    user: UserOption = None,
    wait: WaitOption = False,
    watch: WatchOption = False,
    as_json: JsonOption = False,
) -> int:
    """Order a lesson. The house writes it whether you wait or not; a new version comes of each order."""
    from pathshala.lesson import ordering

    order = ordering.Order(chosen, source, wikipedia=not no_wikipedia, user=user)
    return ordering.create(order, wait=wait, watch=watch, as_json=as_json)


@lesson.command("show")
@sharing(LessonOptions)
@example("pathshala lesson show english verbs", "pathshala lesson show english verbs --version 1.0 --json")
def show_command(
    chosen: LessonOptions,
    *,
    version: VersionOption = None,
    approved: ApprovedOption = False,
    pupil: PupilOption = False,
    as_json: JsonOption = False,
) -> int:
    """Show a lesson: the newest version, of all editions or of those in a language or for a level."""
    from pathshala.lesson import reading

    view = "pupil" if pupil else "teacher"
    return reading.show(chosen, {"version": version, "approved": approved or None, "view": view}, as_json=as_json)


@lesson.command("list")
@sharing(HouseAddress)
@example("pathshala lesson list water --level primary")
def list_command(
    address: HouseAddress,
    *,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Words in subject, topic or title.")
    ] = None,
    language: LanguageOption = None,
    level: LevelOption = None,
    approved: ApprovedOption = False,
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> int:
    """List the lessons that there are, the newest first, each with its newest version."""
    from pathshala.lesson import reading

    wanted = {"words": " ".join(words or []), "language": language, "level": level, "approved": approved or None}
    return reading.list_lessons(address, {**wanted, "limit": limit}, as_json=as_json)


@lesson.command("versions")
@sharing(LessonOptions)
@example("pathshala lesson versions english verbs")
def versions_command(chosen: LessonOptions, *, limit: LimitOption = 100, as_json: JsonOption = False) -> int:
    """List the versions of a lesson, the newest first: how each was made, of which, and what teachers say of it."""
    from pathshala.lesson import reading

    return reading.versions(chosen, limit, as_json=as_json)


@lesson.command("diff")
@sharing(LessonOptions)
@example("pathshala lesson diff english verbs 1.0 1.1")
def diff_command(
    chosen: LessonOptions,
    *,
    before: Annotated[str, typer.Argument(metavar="VERSION", help="The one version: 1.0, say.")],
    after: Annotated[str, typer.Argument(metavar="VERSION", help="The other version.")],
    as_json: JsonOption = False,
) -> int:
    """Compare two versions of a lesson field by field: [-what is gone-] and {+what is new+}."""
    from pathshala.lesson import reading

    return reading.diff(chosen, before, after, as_json=as_json)


@lesson.command("edit")
@sharing(LessonOptions)
@example("pathshala lesson edit english verbs", "pathshala lesson edit english verbs --set title='Doing words'")
def edit_command(
    chosen: LessonOptions,
    *,
    file: FileOption = None,
    changes: SetOption = None,
    note: NoteOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Edit the newest version in your editor (VISUAL or EDITOR): a new version, which says who made it of which.

    If somebody else made a version meanwhile, nothing is overwritten, and your text is kept in a file.
    """
    from pathshala.lesson import editing

    return editing.edit(chosen, file, changes or [], note=note, user=user, as_json=as_json)


@lesson.command("export")
@sharing(LessonOptions)
@example(
    "pathshala lesson export english verbs --format html",
    "pathshala lesson export english verbs --format md --sheet pupil -o verbs.md",
)
def export_command(
    chosen: LessonOptions,
    *,
    kind: FormatOption = "html",
    sheet: SheetOption = None,
    version: VersionOption = None,
    approved: ApprovedOption = False,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> int:
    """Save a lesson as a file: for paper, for a word processor, for Moodle, or for another learning platform."""
    from pathshala.lesson import reading

    query = {"format": kind, "sheet": sheet, "version": version, "approved": approved or None}
    return reading.export(chosen, query, output, as_json=as_json)


lesson.command("verify")(verify)
