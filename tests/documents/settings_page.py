"""The page docs/settings.md as it follows from the code; `python -m tests.documents.settings_page` writes it."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pathshala_api.settings import ApiSettings
from pathshala_common.runtime.settings import Group, HealthSettings, Settings, variable
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings
from pathshala_notifier.settings import NotifierSettings
from pathshala_store.settings import StoreSettings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"

OWNERS: tuple[tuple[str, type[Settings], type[Settings] | None], ...] = (
    ("all", Settings, None),
    ("API", ApiSettings, Settings),
    ("all but the API", HealthSettings, Settings),
    ("enricher", EnricherSettings, HealthSettings),
    ("generator", GeneratorSettings, HealthSettings),
    ("store", StoreSettings, HealthSettings),
    ("notifier", NotifierSettings, HealthSettings),
)
"""Each settings class with who reads it, and the class whose settings it only repeats."""

INTRODUCTION = (
    "# Settings\n\n"
    "All there are, from the environment; an empty variable is one that is not set. A wrong one stops the service at "
    "the start with one line that names it, and exit code 2. What is no setting is a named constant, beside the thing "
    "that it bounds.\n\n"
    "Written by `scripts/settings`, from the settings classes of the services; a test holds it to them.\n"
)


def page() -> str:
    """The whole page: a table for each group."""
    tables = [f"## {group}\n\n" + "\n".join([*HEAD, *rows(group)]) + "\n" for group in Group]
    return "\n".join([INTRODUCTION, *tables])


HEAD = ("| name | default | read by | |", "|---|---|---|---|")


def rows(group: Group) -> list[str]:
    """A line for each setting of a group; one that two services share is one line."""
    readers: dict[str, list[str]] = {}
    for who, settings, parent in OWNERS:
        for name, field in settings.model_fields.items():
            if parent is not None and name in parent.model_fields:
                continue
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra["group"] == group:
                line = f"| `{variable(settings, (name,))}` | {_shown(field.default)} | @ | {field.description} |"
                readers.setdefault(line, []).append(who)
    return [line.replace("| @ |", f"| {', '.join(who)} |") for line, who in readers.items()]


def variables() -> list[str]:
    """The names of all settings, in no order."""
    return [variable(settings, (name,)) for _, settings, _ in OWNERS for name in settings.model_fields]


def _shown(default: Any) -> str:
    if default is None or isinstance(default, SecretStr) or default == "":
        return ""
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(page())
