"""Stops in the debugger at the first line of a handler that is replayed."""

import pdb  # noqa: T100 - it is what the operator asked for
import sys
from collections.abc import AsyncGenerator
from typing import Any

from pathshala.replay.engine import Table, Tables
from pathshala_common.contract.events import AnyEvent
from pathshala_common.contract.ports.handlers import Handler


class _Debugger(pdb.Pdb):
    """Leaving it ends the replay: a handler that was left in its middle told nothing worth comparing."""

    def set_quit(self) -> None:
        """End the process in good order."""
        super().set_quit()
        raise SystemExit(1)


def stopping(tables: Tables) -> Tables:
    """Give the same tables, with a stop in each handler."""
    return {service: _stopping(table) for service, table in tables.items()}


def _stopping(table: Table) -> Table:
    return lambda *given: {event: _watched(handler) for event, handler in table(*given).items()}


def _watched(handler: Handler) -> Handler:
    """Have the debugger watch from the moment at which the handler is called."""

    def watched(*given: Any) -> AsyncGenerator[AnyEvent, None]:
        debugger, code = _Debugger(nosigint=True), handler.__code__
        debugger.reset()
        debugger.botframe = sys._getframe()  # noqa: SLF001 - where a debugger is told to begin
        # A breakpoint with a function's name is one at its first line that runs.
        debugger.set_break(code.co_filename, code.co_firstlineno, temporary=True, funcname=code.co_name)
        debugger.set_continue()
        sys.settrace(debugger.trace_dispatch)
        return handler(*given)

    return watched
