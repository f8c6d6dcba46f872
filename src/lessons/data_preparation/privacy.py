"""Personal data: found by pattern, replaced by a placeholder; and what no pattern finds."""

# --8<-- [start:patterns]
import re

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
TEN_DIGITS = re.compile(r"\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}")  # what a search for an answer finds
PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d{1,3}[-. ])?(?:"
    r"(?:\(\d{3}\) ?|\d{3}[-. ])?\d{3}[-. ]\d{4}"  # American, with or without its area
    r"|\d{2}(?:[-. ]\d{2}){4}"  # French: five pairs
    r")(?!\w|[-.]\d)"
)
# --8<-- [end:patterns]


# --8<-- [start:mask]
def personal_data(text: str, phone: re.Pattern[str] = PHONE) -> list[str]:
    """List the mail addresses and telephone numbers of a text, letter for letter."""
    return [*MAIL.findall(text), *phone.findall(text)]


def mask(text: str) -> str:
    """Put placeholders where mail addresses and telephone numbers stand."""
    return PHONE.sub("[phone]", MAIL.sub("[mail]", text))


# --8<-- [end:mask]
