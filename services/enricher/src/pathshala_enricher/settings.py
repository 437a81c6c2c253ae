"""The enricher's settings."""

from pathshala_common import __version__
from pathshala_common.runtime.setting_types import Header, Line, Port, Seconds, WebAddresses
from pathshala_common.runtime.settings import Group, HealthSettings, setting


class EnricherSettings(HealthSettings):
    """The enricher's own settings, and those of every service."""

    health_port: Port = setting(8001, Group.PLACES, "the enricher's health; 0 takes a free port")
    wikipedia_url: WebAddresses = setting(
        "https://{language}.wikipedia.org/w/api.php",
        Group.WIKIPEDIA,
        "any MediaWiki's Action API; `{language}` becomes the lesson's language",
    )
    wikipedia_licence: Line = setting("CC BY-SA 4.0", Group.WIKIPEDIA, "the licence of that MediaWiki's texts")
    wikipedia_user_agent: Header = setting(
        f"Pathshala/{__version__} (https://pathshala.example/contact)",
        Group.WIKIPEDIA,
        "how we name ourselves to Wikipedia; put an address of yours there, its rules ask for one",
    )
    wikipedia_lookup_seconds: Seconds = setting(5, Group.WIKIPEDIA, "one look-up may take this long")
    recordings: bool = setting(
        True,
        Group.RETENTION,
        "what services outside said is kept in the log, for replay; without it, what a call cost alone",
    )
