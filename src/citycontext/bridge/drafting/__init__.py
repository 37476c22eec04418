"""A first configuration out of messages: topics grouped, codecs tried, models ranked, and the result proved."""
