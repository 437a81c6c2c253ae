"""The generator's settings."""

from typing import Literal

from pathshala_common.runtime.setting_types import (
    Concurrency,
    Currency,
    Key,
    Line,
    PlainPath,
    Port,
    Price,
    Processes,
    Repairs,
    Seconds,
    Temperature,
    Tokens,
    WebAddress,
)
from pathshala_common.runtime.settings import Group, HealthSettings, setting


class GeneratorSettings(HealthSettings):
    """The generator's own settings, and those of every service."""

    health_port: Port = setting(8002, Group.PLACES, "the generator's health; 0 takes a free port")
    writer: Literal["auto", "openai", "offline"] = setting(
        "auto", Group.WRITER, "`openai` or `offline`; auto is openai when a key or a base URL is set"
    )
    openai_api_key: Key | None = setting(
        None, Group.WRITER, "the key of the writer's server, if it wants one", name="OPENAI_API_KEY"
    )
    openai_base_url: WebAddress | None = setting(
        None, Group.WRITER, "any OpenAI-compatible server; OpenAI's own if not set", name="OPENAI_BASE_URL"
    )
    model: Line = setting("gpt-5.4-mini", Group.WRITER, "the model that writes")
    generator_concurrency: Concurrency = setting(64, Group.WRITER, "lessons written at once by one generator")
    generator_processes: Processes | None = setting(
        None,
        Group.WRITER,
        "processes beside a generator that examine lessons once many are written at once; 0 is none, and if not set "
        "there is one less than cores, and 4 at most",
    )
    llm_timeout_seconds: Seconds = setting(
        120,
        Group.WRITER,
        "one call to the model may take this long; if its answer is streamed, may be silent this long",
    )
    llm_stream: Literal["auto", "on", "off"] = setting(
        "auto", Group.WRITER, "whether answers are streamed; auto: from any server but OpenAI's own"
    )
    llm_stream_seconds: Seconds = setting(
        600, Group.WRITER, "a call whose answer is streamed may take this long in all"
    )
    plan: PlainPath | None = setting(
        None,
        Group.WRITER,
        "the lesson plan, a Markdown file or a folder, or `small` for the shipped one for small models; if not set the "
        "shipped one for all",
    )
    max_tokens: Tokens | None = setting(
        None, Group.WRITER, "an answer of the model has at most so many tokens; what its question allows if not set"
    )
    temperature: Temperature | None = setting(
        None,
        Group.WRITER,
        "how freely the model chooses its words, raised with each repair; if not set 0.5 by a plan for small models, "
        "else the server's own",
    )
    repairs_max: Repairs = setting(2, Group.WRITER, "calls beyond the first to mend a lesson that fails a check")
    moderation: Literal["auto", "on", "off"] = setting(
        "auto",
        Group.WRITER,
        "whether the model's provider is asked if a topic is fit; auto: only OpenAI's own server",
    )
    price_prompt: Price | None = setting(None, Group.WRITER, "what a million tokens of questions cost")
    price_completion: Price | None = setting(None, Group.WRITER, "what a million tokens of answers cost")
    price_currency: Currency = setting("USD", Group.WRITER, "the currency of these prices")
    recordings: bool = setting(
        True,
        Group.RETENTION,
        "what services outside said is kept in the log, for replay; without it, what a call cost alone",
    )

    @property
    def chosen_writer(self) -> Literal["openai", "offline"]:
        """The writer that these settings come to."""
        if self.writer != "auto":
            return self.writer
        return "openai" if self.openai_api_key or self.openai_base_url else "offline"

    @property
    def streamed(self) -> bool:
        """Whether the model's answers are asked for piece by piece."""
        return self.llm_stream == "on" or (self.llm_stream == "auto" and self.openai_base_url is not None)

    @property
    def writing_grace_seconds(self) -> float:
        """The seconds that lessons in hand have at SIGTERM: for all their calls, unless a grace period is set."""
        if self.chosen_writer == "offline" or "grace_seconds" in self.model_fields_set:
            return self.grace_seconds
        call_seconds = self.llm_timeout_seconds
        if self.streamed:
            call_seconds = max(call_seconds, self.llm_stream_seconds)
        return max(self.grace_seconds, call_seconds * (1 + self.repairs_max))

    @property
    def moderated(self) -> bool:
        """Whether the provider's moderation is asked."""
        return self.moderation == "on" or (self.moderation == "auto" and not self.openai_base_url)
