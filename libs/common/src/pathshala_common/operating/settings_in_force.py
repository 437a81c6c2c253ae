"""The settings in force, for an operator: each by its variable, and no secret among them."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr

NAME_AND_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")
QUERY = re.compile(r"\?\S*")
HIDDEN = "(hidden)"


class SettingInForce(BaseModel):
    """A setting, as a process has it."""

    name: Annotated[str, Field(description="The environment variable.")]
    value: Annotated[str | None, Field(description="What it is, null if there is none; of a secret only `(hidden)`.")]
    is_default: Annotated[bool, Field(description="Whether it is what it is if nobody sets it.")]
    description: Annotated[str, Field(description="What it is for, as docs/settings.md says.")]


def in_force(settings: BaseModel, name_of: Callable[[str], str]) -> list[SettingInForce]:
    """Give all settings, by the names of their variables. Of an address no user, password or query is shown."""
    declared = type(settings).model_fields
    shown = [
        SettingInForce(
            name=name_of(field),
            value=_shown(value := getattr(settings, field)),
            is_default=value == declared[field].default,
            description=declared[field].description or "",
        )
        for field in declared
    ]
    return sorted(shown, key=lambda setting: setting.name)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return HIDDEN
    text = str(value)
    return QUERY.sub(f"?{HIDDEN}", NAME_AND_PASSWORD.sub(f"{HIDDEN}@", text)) if "://" in text else text
