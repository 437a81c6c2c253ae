"""The enricher's settings."""

from pydantic import Field

from pathshala_common.runtime.settings import Count, HealthSettings, Port, Seconds


class EnricherSettings(HealthSettings):
    """What the enricher needs to know besides what every service does."""

    health_port: Port = Field(8001, description="the enricher's health; 0 takes a free port")
    wikipedia_url: str = Field(
        "https://{language}.wikipedia.org/w/api.php",
        description="any MediaWiki's Action API; `{language}` becomes the lesson's language",
    )
    wikipedia_licence: str = Field("CC BY-SA 4.0", description="the licence of that MediaWiki's texts")
    wikipedia_user_agent: str = Field(
        "Pathshala/0.1 (https://pathshala.example/contact)",
        description="how we name ourselves to Wikipedia; put an address of yours there, its rules ask for one",
    )
    wikipedia_connect_seconds: Seconds = Field(1.5, description="a connection to Wikipedia may take this long")
    wikipedia_lookup_seconds: Seconds = Field(5, description="one look-up may take this long")
    wikipedia_turn_seconds: Seconds = Field(10, description="a look-up waits for those before it this long")
    wikipedia_body_size_max_bytes: Count = Field(1_048_576, description="longer answers are cut off and not used")
    wikipedia_cache_size_max: Count = Field(500, description="answers kept in memory")
    wikipedia_cache_seconds: Seconds = Field(3_600, description="how long they are kept")
    enricher_concurrency: Count = Field(64, description="requests taken at once; Wikipedia is asked one at a time")
    recordings: bool = Field(True, description="what services outside said is kept in the log, for replay")
