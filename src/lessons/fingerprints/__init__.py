"""What a recorded number depends on: definitions and data, and a hash of them."""
