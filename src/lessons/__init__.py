"""The code that the lesson pages show, call and measure."""
