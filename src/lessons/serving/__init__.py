"""A model behind an address: the server of transformers, a client that streams, and what users wait for."""
