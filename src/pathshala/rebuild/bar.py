"""The progress bar of a pass, on standard error: how far it is, and how many events a second it folds."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from pathshala.rebuild.checkpoint import ScanProgress

DIGITS = 8
IDS = 16**DIGITS
"""Task ids begin with so many random hexadecimal digits: where the last one stands among all is how far a pass is."""


@contextmanager
def bar(before: ScanProgress) -> Iterator[Callable[[ScanProgress], None]]:
    """Show a bar while inside, where there is a terminal. Gives what is called with each step of the progress."""
    columns = (TextColumn("rebuilding"), BarColumn(), TextColumn("{task.fields[tasks]:,} tasks"), _Rate())
    shown = Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty())
    with shown:
        pass_ = shown.add_task("", total=IDS, completed=_share(before.after), tasks=before.tasks, events=0)

        def advanced(progress: ScanProgress) -> None:
            events = progress.events - before.events
            shown.update(pass_, completed=_share(progress.after), tasks=progress.tasks, events=events)

        yield advanced


class _Rate(ProgressColumn):
    """Events a second since the start."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.fields['events'] / max(task.elapsed or 0, 1e-3):,.0f} events/s")


def _share(task_id: str) -> int:
    """Place an id among all ids; one that is not random counts as the first."""
    try:
        return int(task_id[:DIGITS] or "0", 16)
    except ValueError:
        return 0
