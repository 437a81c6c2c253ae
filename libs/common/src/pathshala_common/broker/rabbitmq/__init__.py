"""The broker RabbitMQ."""
