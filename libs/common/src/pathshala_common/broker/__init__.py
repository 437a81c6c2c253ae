"""Adapters of the port Broker: RabbitMQ, and memory for one process."""
