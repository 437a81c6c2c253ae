"""`pathshala dead`: list, show, redrive and drop what services could not handle.

Exit codes: 0 done, 1 nothing matched, or refused, or the broker does not answer, 2 a setting or an option is wrong.
"""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from pathshala.options import (
    JsonOption,
    SinceOption,
    TaskOption,
    TypeOption,
    UntilOption,
    YesOption,
    example,
    sharing,
)
from pathshala_common.contract.services import Service

ServiceOption = Annotated[Service | None, typer.Option(help="Only what this service could not handle.")]
IdOption = Annotated[str | None, typer.Option("--id", help="Only with this id.")]
CodeOption = Annotated[str | None, typer.Option(help="Only with this code.")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="At most so many, the oldest of each service first.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]

dead = typer.Typer(no_args_is_help=True, help="What services could not handle: list, show, redrive, drop.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options that choose dead letters: those that match all that are given."""

    service: ServiceOption = None
    id: IdOption = None
    code: CodeOption = None
    task: TaskOption = None
    event: TypeOption = None
    since: SinceOption = None
    until: UntilOption = None
    limit: LimitOption = None


@dead.command("list")
@sharing(Chosen)
@example("pathshala dead list --service generator")
def list_command(chosen: Chosen, *, as_json: JsonOption = False) -> int:
    """List dead letters, the oldest first, and say how many there are. Shown are 50, unless --limit says."""
    from pathshala.dead import action
    from pathshala_common.operating.dead_letters import DeadLetterFilter

    return action.list_letters(DeadLetterFilter(**asdict(chosen)), as_json=as_json)


@dead.command("show")
@example("pathshala dead show 5b1e4c02-6a57-5c3f-8f5c-2f0a9d0f6c11")
def show_command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="As listed.")],
    *,
    _as_json: Annotated[bool, typer.Option("--json", help="As it is without: JSON.")] = False,
) -> int:
    """Show all that is known of a dead letter, as JSON. Headers, reason, stack, the event or the bytes."""
    from pathshala.dead import action

    return action.show_letter(identity)


@dead.command("redrive")
@sharing(Chosen)
@example("pathshala dead redrive --code too_new --dry-run")
def redrive_command(
    chosen: Chosen, *, yes: YesOption = False, dry_run: DryRunOption = False, as_json: JsonOption = False
) -> int:
    """Send dead letters back to their service's queue, as a first attempt. A task that has failed stays failed."""
    from pathshala.dead import action
    from pathshala_common.operating.dead_letters import DeadLetterFilter

    return action.redrive(DeadLetterFilter(**asdict(chosen)), action.Way(yes, dry_run, as_json))


@dead.command("drop")
@sharing(Chosen)
@example("pathshala dead drop --until 2026-11-01 --yes")
def drop_command(
    chosen: Chosen, *, yes: YesOption = False, dry_run: DryRunOption = False, as_json: JsonOption = False
) -> int:
    """Delete dead letters for good."""
    from pathshala.dead import action
    from pathshala_common.operating.dead_letters import DeadLetterFilter

    return action.drop(DeadLetterFilter(**asdict(chosen)), action.Way(yes, dry_run, as_json))
