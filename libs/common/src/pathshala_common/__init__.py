"""What every Pathshala package shares: the contract, the adapters of its ports, the runtime."""
