"""The names of the services that take events. Imports nothing: a command offers them before it loads any service."""

from typing import Literal

Service = Literal["enricher", "generator", "store", "notifier"]
