"""What runs a service: settings, logs, connections, the consumer loop, the process."""
