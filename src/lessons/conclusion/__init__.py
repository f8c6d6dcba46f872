"""Code of the page that concludes the lesson."""
