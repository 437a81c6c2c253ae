"""Shows an evaluation to a person: tables of checks, failures, verses, reading levels and cost."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pathshala.terminal import plain
from pathshala_generator.draft import explanation_of
from tests.evals.evaluation import Result
from tests.evals.figures import Figures

VERSES_SHOWN = 5


def show(figures: Figures, console: Console) -> None:
    """Print the tables."""
    console.print(_checks(figures))
    for topic, failures in figures.failures.items():
        console.print(Text(plain(topic), style="bold red"))
        for failure in failures:
            console.print(Text(f"  {plain(failure)}"))
    console.print(_reading(figures))
    spread, most = len(figures.verses), list(figures.verses.items())[:VERSES_SHOWN]
    shown = ", ".join(f"{verse} ({count})" for verse, count in most)
    console.print(Text(f"verses: {spread} different in {figures.lessons} lessons; most often {shown}"))
    console.print(Text(_use(figures)))


def lesson(result: Result) -> str:
    """A lesson as one reads it, in Markdown; or why there is none."""
    head = f"## {result.topic.name}\n"
    draft = result.draft
    if draft is None:
        return f"{head}\nNo lesson: {result.refusal}\n"
    mended = f" (repaired: {', '.join(result.repaired)})" if result.repaired else ""
    asked = [f"- {one.form}: {one.text} {' / '.join(one.options)} -> {one.answer}" for one in draft.questions]
    shown = [f"### {draft.title}{mended}", f"Objectives: {'; '.join(draft.objectives)}", explanation_of(draft)]
    shown += [draft.activity, f"Materials: {', '.join(draft.materials)}", "\n".join(asked) or draft.question]
    return "\n\n".join([head, *shown, f"{result.verse}: {draft.connection}"]) + "\n"


def _checks(figures: Figures) -> Table:
    table = Table(title=f"{figures.lessons} lessons, {figures.refused} refused")
    table.add_column("check")
    for name in ("passed", "failed", "not applicable", "share passed"):
        table.add_column(name, justify="right")
    for name, tally in (
        {**figures.checks} | {f"taught: {name}": tally for name, tally in figures.teaching.items()}
    ).items():
        share = "" if tally.share is None else f"{tally.share:.1%}"
        counts = (str(tally.passed), str(tally.failed), str(tally.not_applicable))
        table.add_row(name, *counts, share, style="red" if tally.failed else "")
    return table


def _reading(figures: Figures) -> Table:
    table = Table(title="reading level")
    table.add_column("language, level, formula")
    table.add_column("mean", justify="right")
    for name, mean in sorted(figures.reading.items()):
        table.add_row(name, str(mean))
    return table


def _use(figures: Figures) -> str:
    if not figures.calls:
        return "no model was asked"
    tokens = f"{figures.seconds:.0f} s, {figures.prompt_tokens} tokens in, {figures.completion_tokens} out"
    cost = "cost unknown" if figures.cost is None else f"{figures.cost} {figures.currency}"
    return f"{figures.calls} calls, {tokens}, {cost}"
