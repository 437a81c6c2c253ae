"""The labels of the image that only a release knows. The others stand in the Dockerfile."""

from datetime import UTC, datetime

PREFIX = "org.opencontainers.image"


def labels(version: str, revision: str, epoch: int) -> str:
    """A line each, `key=value`, by the names of the OCI image specification."""
    created = datetime.fromtimestamp(epoch, UTC).isoformat().replace("+00:00", "Z")
    told = {"version": version, "revision": revision, "created": created}
    return "".join(f"{PREFIX}.{name}={value}\n" for name, value in told.items())
