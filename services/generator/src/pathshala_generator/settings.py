"""The generator's settings."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from pathshala_common.runtime.settings import Count, HealthSettings, Port, Seconds

Repairs = Annotated[int, Field(ge=0, le=10)]
Price = Annotated[float, Field(ge=0)]


class GeneratorSettings(HealthSettings):
    """What the generator needs to know besides what every service does."""

    health_port: Port = Field(8002, description="the generator's health; 0 takes a free port")
    writer: Literal["auto", "openai", "offline"] = Field(
        "auto", description="`openai` or `offline`; auto is openai when a key or a base URL is set"
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="the key of the writer's server, if it wants one"
    )
    openai_base_url: str | None = Field(
        None, validation_alias="OPENAI_BASE_URL", description="any OpenAI-compatible server; OpenAI's own if not set"
    )
    model: str = Field("gpt-5.4-mini", description="the model that writes")
    generator_concurrency: Count = Field(64, description="lessons written at once by one generator")
    llm_timeout_seconds: Seconds = Field(120, description="one call to the model may take this long")
    plan: Path | None = Field(
        None, description="the lesson plan, a Markdown file or a folder; the shipped one if not set"
    )
    repairs_max: Repairs = Field(2, description="calls beyond the first to mend a lesson that fails a check")
    moderation: Literal["auto", "on", "off"] = Field(
        "auto", description="whether the model's provider is asked if a topic is fit; auto: only OpenAI's own server"
    )
    price_prompt: Price | None = Field(None, description="what a million tokens of questions cost")
    price_completion: Price | None = Field(None, description="what a million tokens of answers cost")
    price_currency: Annotated[str, Field(min_length=1, max_length=20)] = Field(
        "USD", description="the currency of these prices"
    )
    recordings: bool = Field(True, description="what services outside said is kept in the log, for replay")

    @property
    def chosen_writer(self) -> Literal["openai", "offline"]:
        """The writer that these settings come to."""
        if self.writer != "auto":
            return self.writer
        return "openai" if self.openai_api_key or self.openai_base_url else "offline"

    @property
    def writing_grace_seconds(self) -> float:
        """How long lessons in hand may take at SIGTERM: all their calls, unless a grace period is set."""
        if self.chosen_writer == "offline" or "grace_seconds" in self.model_fields_set:
            return self.grace_seconds
        return max(self.grace_seconds, self.llm_timeout_seconds * (1 + self.repairs_max))

    @property
    def moderated(self) -> bool:
        """Whether the provider's moderation is asked."""
        return self.moderation == "on" or (self.moderation == "auto" and not self.openai_base_url)
