import json
import re
from pathlib import Path
from typing import Any

import pytest

HEADINGS = "\n".join(
    f"\n## {heading}\n" for heading in ("Measured here", "Pitfalls", "Check yourself", "Sources")
)
FRONT_MATTER = "---\ntitle: T\ndescription: D\nminutes: 5\nobjectives: [know it]\n---\n"
LESSON_CODE = '''\
"""A lesson."""

# --8<-- [start:imports]
import math
# --8<-- [end:imports]


# --8<-- [start:half]
def half(x: float) -> float:
    """Half of a number."""
    return x / 2 / math.exp(0)
# --8<-- [end:half]
'''
SHOW_ALL = """\
```python
--8<-- "src/lessons/numbers.py:imports"
```

```python
--8<-- "src/lessons/numbers.py:half"
```
"""
COURSE_CHECKS = re.compile(r"mkdocs\.yml ([.FEs]+)")  # one mark a check, in pytest's report
# What pytest loads by itself and no page needs takes a part of each run.
WITHOUT = tuple(
    word
    for plugin in ("cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "stepwise")
    for word in ("-p", f"no:{plugin}")
)
SETTINGS = """\
[tool.coursekit]
closure = "lessons.fingerprints.dependencies:Code"
"""


class MiniCourse:
    """A whole small course in a folder of its own, run by a nested pytest."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.root = pytester.path
        self.write("mkdocs.yml", "site_name: mini\n")
        self.write("pyproject.toml", SETTINGS)
        self.pytester.syspathinsert()

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def page(self, text: str, name: str = "docs/page.md") -> Path:
        return self.write(name, text)

    def lesson(self, text: str = "", meta: str = FRONT_MATTER, headings: str = HEADINGS) -> Path:
        return self.write("docs/lesson-1/page.md", f"{meta}\n{text}\n{headings}")

    def module(self, text: str = LESSON_CODE, name: str = "numbers") -> Path:
        return self.write(f"src/lessons/{name}.py", text)

    def result(self, name: str = "speed", **record: Any) -> Path:
        return self.write(f"src/lessons/results/{name}.json", json.dumps(record))

    def run(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess(
            *WITHOUT, "-p", "coursekit.testing.pytest_plugin", "docs", "mkdocs.yml", *arguments
        )  # fmt: skip

    def ends_with(self, *arguments: str, **outcomes: int) -> pytest.RunResult:
        """Run, and demand exact counts; a check of the whole course counts only where it fails.

        So a test says what its own page's items do, and one more check of the course breaks none.
        """
        result = self.run(*arguments)
        counts = {"passed": 0} | result.parseoutcomes()
        for line in result.outlines:
            if marks := COURSE_CHECKS.match(line):
                counts["passed"] -= marks[1].count(".")
        counts = {k: n for k, n in counts.items() if n and k not in ("deselected", "warnings")}
        assert counts == outcomes, result.stdout.str()
        return result

    def fails_with(self, *messages: str, **outcomes: int) -> pytest.RunResult:
        """Run, demand exact counts, and demand each message as part of some line."""
        result = self.ends_with(**outcomes)
        text = result.stdout.str()
        for message in messages:
            assert message in text, text
        return result
