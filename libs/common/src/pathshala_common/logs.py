"""Loggers, and structlog for telemetry, which sets it up: the only file that imports it.

structlog loads rich, where that is installed, to draw tracebacks: 4 MiB for each process. None of ours is drawn, since
a drawing shows the values of variables, of requests and keys too.
"""

import sys

if "rich" in sys.modules:
    import structlog
else:
    sys.modules["rich"] = None  # type: ignore[assignment]  # to import it fails now
    try:
        import structlog
    finally:
        del sys.modules["rich"]

get_logger = structlog.get_logger

__all__ = ["get_logger", "structlog"]
