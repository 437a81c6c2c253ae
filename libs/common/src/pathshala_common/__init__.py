"""The ground that every package shares: the contract, the adapters of its ports, the runtime."""

__version__ = "0.2.0"
"""Of the whole house: the distribution, the description of the API and that of the events say this one."""
