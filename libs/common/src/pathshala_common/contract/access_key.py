"""Access keys: who calls over HTTP, and what such a caller may do."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of callers, each of which may do what the ones before may."""

    USER = "user"
    TEACHER = "teacher"
    OPERATOR = "operator"

    def includes(self, role: "Role") -> bool:
        """Whether who has this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(role)
