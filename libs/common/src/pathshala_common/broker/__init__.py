"""Adapters of the ports Publisher and Subscriber: RabbitMQ, and memory for one process."""
