"""`pathshala republish`: send logged events again, to the exchange or to one service.

Exit codes: 0 sent, or shown what would be, 1 nothing matched, or refused, or broker or store do not answer, 2 a setting
or an option is wrong.
"""

from typing import Annotated

import typer

from pathshala.options import JsonOption, SinceOption, TaskOption, UntilOption, example
from pathshala.republish.target import Target

RATE = 200

TypesOption = Annotated[list[str] | None, typer.Option("--type", help="Only events of this name; may be repeated.")]
UserOption = Annotated[str | None, typer.Option("--user", help="Only of tasks of this user.")]
SubjectOption = Annotated[str | None, typer.Option("--subject", help="Only of lessons on this subject.")]
TopicOption = Annotated[str | None, typer.Option("--topic", help="Only of lessons on this topic.")]
ToOption = Annotated[Target, typer.Option("--to", help="The exchange, which is everybody, or one service's queue.")]
SendOption = Annotated[bool, typer.Option("--send", help="Do it, and ask before.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it, and do not ask.")]
RateOption = Annotated[int, typer.Option("--rate", min=1, help="At most so many events a second.")]


@example("pathshala republish --since 2026-11-01 --to store")
def republish(  # noqa: PLR0913 - one argument an option
    *,
    task: TaskOption = None,
    types: TypesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    user: UserOption = None,
    subject: SubjectOption = None,
    topic: TopicOption = None,
    to: ToOption = "store",
    send: SendOption = False,
    yes: YesOption = False,
    rate: RateOption = RATE,
    as_json: JsonOption = False,
) -> int:
    """Send events of the log again, marked as replayed. Without --send or --yes it only says what would be sent."""
    from pathshala.republish import action, selection

    chosen = action.known(types or [])
    wanted = selection.Wanted(action.until_now(until), since, task, chosen, user, subject, topic)
    return action.republish(wanted, to, action.Resending(rate, wished=send or yes, asked=not yes, as_json=as_json))
