"""What the commands behind make do: gates, selection, figures, tools."""
