"""The page on inside the model: what it explains, and what was recorded for it."""
