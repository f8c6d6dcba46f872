"""From a dirty collection to training data: each step a small function, each with its count."""
