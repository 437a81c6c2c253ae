"""The ground that every package shares: the contract, the adapters of its ports, the runtime."""

__version__ = "0.2.0"
"""The version of the whole house, which the distribution and the descriptions of the API and of the events tell."""
