"""Where messages come from: MQTT brokers, read without ever waiting for disk or HTTP."""
