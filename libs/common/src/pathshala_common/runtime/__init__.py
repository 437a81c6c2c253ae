"""The runtime of a service: settings, logs, connections, the consumer loop, the process."""
