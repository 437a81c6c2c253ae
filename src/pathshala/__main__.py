"""Starts the whole house in one process, or does what was asked for: `python -m pathshala`, and `pathshala`."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it without a trace, while it is being loaded too."""
    try:
        from pathshala.cli import app  # noqa: PLC0415 - Ctrl-C may come here

        app(prog_name="pathshala")
    except KeyboardInterrupt:
        sys.exit(130)  # INTERRUPTED of pathshala.exits, which may not be loaded yet


if __name__ == "__main__":
    main()
