"""The ports: what the house asks of handlers, a broker, a store, an operator's tools and a clock. One file a reader."""
