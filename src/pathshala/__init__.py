"""The whole house in one process, and the tools that may meet two services."""
