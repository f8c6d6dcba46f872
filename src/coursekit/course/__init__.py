"""What a course consists of beside pages: its outline, glossary, index of errors, and what pages cost."""
