"""From the queues of entities to the context broker: batches, retries, refusals taken apart."""
