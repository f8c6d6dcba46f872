"""Wrong ways to take out personal data that people go, each as a function that answers so."""

import re
from collections.abc import Callable

from lessons.data_preparation.privacy import MAIL, PHONE, TEN_DIGITS
from lessons.labs.mistakes import Mistake

_ASCII_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ONE_DOT = re.compile(r"[\w.+-]+@[\w-]+\.[\w-]+")
_WORDS_ONLY = re.compile(r"\w+@[\w-]+(?:\.[\w-]+)+")
_DOT_AT_THE_END = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NO_DOT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_ANY_MAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"[+(]?\d[\d() -]{5,}\d")
_ALL_DIGITS = re.compile(r"\d+")
_NO_EDGES = re.compile(re.sub(r"\(\?!.*$", "", PHONE.pattern.removeprefix(r"(?<![\w.-])")))
_NO_COUNTRY = re.compile(
    PHONE.pattern.replace(r"(?:\+\d{1,3}[-. ])?", "").replace(r"[\w.-]", r"\w")
)
_NO_FRENCH = re.compile(PHONE.pattern.replace(r"|\d{2}(?:[-. ]\d{2}){4}", ""))
_NO_SHORT = re.compile(PHONE.pattern.replace(r"\d{3}[-. ])?\d{3}", r"\d{3}[-. ])\d{3}"))


def _mask_by(
    mail: re.Pattern[str] | None = MAIL,
    phone: re.Pattern[str] | None = PHONE,
    put: tuple[str, str] = ("[mail]", "[phone]"),
    count: int = 0,
) -> Callable[[str], str]:
    def change(text: str) -> str:
        for pattern, instead in ((mail, put[0]), (phone, put[1])):
            text = pattern.sub(instead, text, count=count) if pattern else text
        return text

    return change


MASK = (
    Mistake(
        "mask eats every number",
        "Sums, dates and years are what a model is to learn from. Only telephone numbers go.",
        _mask_by(phone=_ALL_DIGITS),
    ),
    Mistake(
        "mask takes any long row of digits for a telephone number",
        "Dates, order numbers and book numbers are such rows, too. Go by the forms of the table.",
        _mask_by(phone=_DIGITS),
    ),
    Mistake(
        "mask looks for ten digits",
        "That pattern misses the forms of the table that have other numbers of digits, and eats long "
        "numbers that are no telephone numbers.",
        _mask_by(phone=TEN_DIGITS),
    ),
    Mistake(
        "mask finds telephone numbers inside longer numbers",
        "A part of an order number is nobody's telephone. Look at what stands before and after.",
        _mask_by(phone=_NO_EDGES),
    ),
    Mistake(
        "mask leaves the country's number",
        "Then a part of the number still stands in the text.",
        _mask_by(phone=_NO_COUNTRY),
    ),
    Mistake("mask misses French numbers", "The table has five pairs.", _mask_by(phone=_NO_FRENCH)),
    Mistake(
        "mask misses numbers without an area",
        "The table has 555-0123: within a town, nobody writes the area.",
        _mask_by(phone=_NO_SHORT),
    ),
    Mistake("mask misses telephone numbers", "They are in the table.", _mask_by(phone=None)),
    Mistake("mask misses mail addresses", "They are in the table.", _mask_by(mail=None)),
    Mistake(
        "mask takes everything around an @ for a mail address",
        "A bracket or a period beside an address does not belong to it, and @ alone makes none.",
        _mask_by(mail=_ANY_MAIL),
    ),
    Mistake(
        "mask takes the period behind an address with it",
        "It ends the sentence. An address ends with a letter.",
        _mask_by(mail=_DOT_AT_THE_END),
    ),
    Mistake(
        "mask takes a name without a dot for a mail address",
        "user@localhost is a login, as it stands in many instructions. The forms of the table have a dot "
        "after the @.",
        _mask_by(mail=_NO_DOT),
    ),
    Mistake(
        "mask knows English letters only",
        "Of rené@example.org it leaves ren, which is nearly the name.",
        _mask_by(mail=_ASCII_MAIL),
    ),
    Mistake(
        "mask leaves the end of an address with two dots",
        "After the @ there may be any number of dots, as in example.co.uk.",
        _mask_by(mail=_ONE_DOT),
    ),
    Mistake(
        "mask leaves the beginning of an address",
        "A name may hold a period, a plus or a hyphen: then its first part still stands there.",
        _mask_by(mail=_WORDS_ONLY),
    ),
    Mistake(
        "mask replaces only the first one",
        "A text may hold several addresses, and each is somebody's.",
        _mask_by(count=1),
    ),
    Mistake(
        "mask leaves nothing in its place",
        "Then a sentence has a hole. [mail] and [phone] tell a model that something stood there.",
        _mask_by(put=("", "")),
    ),
    Mistake(
        "mask mixes up [mail] and [phone]",
        "[mail] is for addresses and [phone] for numbers.",
        _mask_by(put=("[phone]", "[mail]")),
    ),
)
