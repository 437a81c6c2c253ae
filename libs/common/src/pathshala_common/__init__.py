"""The ground that every package shares: the contract, the adapters of its ports, the runtime."""
