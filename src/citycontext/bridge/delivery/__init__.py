"""From the lanes of entities to the context broker: batches, retries, refusals taken apart."""
