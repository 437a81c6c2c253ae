"""Edits a lesson by hand: in an editor, from a file, or field by field. No text that somebody wrote is lost."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathshala.exits import CommandError
from pathshala.lesson.chosen import LessonOptions
from pathshala.lesson.edit_file import EDITED_FIELDS, VERSION, read, written
from pathshala.lesson.reading import path_of, query_of
from pathshala.over_http import RunningHouse, house, once, user_of
from pathshala.terminal import say, say_json
from pathshala_common.contract.errors import SettingsError


@dataclass(frozen=True, slots=True)
class WantedEdit:
    """An edit: its fields, the version that they are of, the newest if none is named, and the editor's file of them."""

    fields: Mapping[str, Any]
    version: str | None = None
    kept: Path | None = None


def edit(
    chosen: LessonOptions,
    file: Path | None,
    fields: list[str],
    *,
    note: str | None,
    user: str | None,
    as_json: bool,
) -> int:
    """Make a version of what was changed. Returns the exit code. Raises SettingsError for an edit that is none."""
    if file is not None and fields:
        raise SettingsError("choose one of --file and --set")
    given = dict(map(_field, fields))
    with house(chosen) as running:
        edition = _edition(running, chosen)
        wanted = WantedEdit(given) if given else _wanted(running, chosen, edition, file)
        changes = wanted.fields
        try:
            base = _version(running, chosen, edition, wanted.version)
            changes = {name: value for name, value in changes.items() if value != base.get(name)}
            if not changes:
                say("Nothing was changed.", error=True)
                _forget(wanted.kept)
                return 0
            body = {"user_id": user_of(running, user), "changes": changes, "note": note}
            of_it = once() | {"If-Match": f'"{base["version"]}"'}
            made = running.asked("POST", "/lessons/versions", {**query_of(chosen), **edition}, body, of_it).json()
        except CommandError as error:
            raise CommandError(f"{error}{_keep(wanted.kept, changes)}") from error
    _forget(wanted.kept)
    _say_made(made, as_json=as_json)
    return 0


def _edition(running: RunningHouse, chosen: LessonOptions) -> dict[str, object]:
    """The language and level of the edition that is edited, so that no newer one of another takes its place."""
    found = running.get("/lessons/versions", **query_of(chosen), limit=1)
    return {"language": found["language"], "level": found["level"]}


def _version(
    running: RunningHouse, chosen: LessonOptions, edition: Mapping[str, object], version: str | None
) -> Mapping[str, Any]:
    found: Mapping[str, Any] = running.get(path_of(chosen), **edition, version=version)
    return found


def _wanted(
    running: RunningHouse, chosen: LessonOptions, edition: Mapping[str, object], file: Path | None
) -> WantedEdit:
    """The edit in a file; without one, in that which an editor leaves."""
    kept = None
    if file is None:
        file = kept = _edited(_version(running, chosen, edition, None))
    edited = _read(file)
    return WantedEdit({name: edited[name] for name in EDITED_FIELDS if name in edited}, edited.get(VERSION), kept)


def _field(change: str) -> tuple[str, str | int]:
    name, separator, text = change.partition("=")
    if not separator or EDITED_FIELDS.get(name, list) is list:
        ones = [name for name, kind in EDITED_FIELDS.items() if kind is not list]
        raise SettingsError(f"--set takes FIELD=TEXT with one of {', '.join(ones)}; what is a list, the editor takes")
    if EDITED_FIELDS[name] is int and not text.isdecimal():
        raise SettingsError(f"--set {name} takes a number")
    return name, int(text) if EDITED_FIELDS[name] is int else text


def _edited(lesson: Mapping[str, Any]) -> Path:
    """Open the lesson in an editor, and give the file that it leaves."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    number, name = tempfile.mkstemp(prefix=f"lesson-{lesson['version']}-", suffix=".toml")
    with os.fdopen(number, "w", encoding="utf-8") as opened:
        opened.write(written(lesson))
    try:
        code = subprocess.run([*shlex.split(editor), name], check=False).returncode  # noqa: S603 - as the user set it
    except (OSError, ValueError) as error:
        Path(name).unlink()
        raise SettingsError(f"{editor} cannot be started: set EDITOR, or use --set or --file") from error
    if code:
        raise CommandError(f"the editor ended with {code}: nothing was sent, and your text is kept in {name}")
    return Path(name)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return read(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"{file} is no edit: {error}. It is kept: mend it, and give it by --file") from error


def _keep(kept: Path | None, changes: Mapping[str, Any]) -> str:
    """Keep the changes alone, so that they can be made of a newer version, and say where they are."""
    if kept is None:
        return ""
    kept.write_text(written(changes), encoding="utf-8")
    return f" Your changes are kept: --file {kept} makes them of the newest version."


def _forget(kept: Path | None) -> None:
    if kept is not None:
        kept.unlink()


def _say_made(made: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(made)
        return
    say(f"Stored as version {made['version']}, edited of {made['made_of']['version']}.")
    for finding in (made["examined"] or {"found": []})["found"]:
        say(("found ", "yellow"), f"  {finding['check']}: {finding['part']} {finding['reason']}")
