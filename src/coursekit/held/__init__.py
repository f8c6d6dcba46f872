"""What a page's run depends on, and whether an earlier one still holds."""
