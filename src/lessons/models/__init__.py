"""The course's models: their text, their recipes, their training, and what they can do."""
