"""The bodies of requests and answers about keys, sessions and tokens."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pathshala_api.moments import MomentAsked
from pathshala_common.contract.access_key import Role
from pathshala_common.contract.lesson import Name

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
USER = "The user whose tasks this key may order and see."
ROLE = "What it may do: users order and see their own, operators all."


class KeyOrder(BaseModel):
    """A request for a key. Fields that are not known are ignored."""

    model_config = ConfigDict(frozen=True)

    name: Name = Field(description="What it is for, for people.", examples=["Asha's laptop"])
    user_id: Name = Field(description=USER)
    role: Role = Field(Role.USER, description=ROLE)
    expires_at: MomentAsked | None = Field(None, description="Until when it is valid; for ever if left out.")


class KeyEntry(BaseModel):
    """An access key as it is kept: not its text, of which the hash alone is known."""

    key_id: str = Field(description="Names it, for revoking; it is the part of its text after `ps_`.")
    name: str = Field(description="What it is for.")
    user_id: str = Field(description=USER)
    role: Role = Field(description=ROLE)
    created_at: Moment = Field(description="When it was made.")
    expires_at: Moment | None = Field(description="Until when it is valid; null for ever.")
    revoked_at: Moment | None = Field(description="When it was revoked; null if it was not.")
    used_at: Moment | None = Field(description="When it was used last, to a minute or so; null for never.")


class NewKey(KeyEntry):
    """A new access key, with its text. Nobody can ever show that again."""

    key: str = Field(description="The key: send it as Authorization: Bearer, and never in an address.")


class KeyList(BaseModel):
    """A page of keys, by their ids."""

    keys: list[KeyEntry] = Field(description="The keys, those that are revoked or expired too.")
    next_after: str | None = Field(description="Asks for the page after this, as `after`; null on the last.")


class SessionBody(BaseModel):
    """Who asks, as the house knows it."""

    auth: Literal["keys", "off"] = Field(description="Whether the house asks for keys at all.")
    user_id: str | None = Field(description="The key's user; null where no keys are asked for.")
    role: Role = Field(description=ROLE)


class StreamToken(BaseModel):
    """A token by which a browser watches one task, since its EventSource can send no header."""

    token: str = Field(description="Stands in the address of the stream, as `token`. It opens nothing else.")
    expires_at: Moment = Field(description="No stream begins with it after that; one that has begun goes on.")
