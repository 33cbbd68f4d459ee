"""When something was handed in, as platforms write it; and by how much that is too late."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from math import ceil

from shapecalc.grading.regex import regex

FORMATS = (
    "%Y/%m/%d %I:%M:%S %p",  # Google Forms
    "%Y/%m/%d %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%m/%d/%Y %H:%M:%S",  # Google Sheets
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",  # Excel
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M %p",
    "%d %B %Y %I:%M %p",  # Moodle
    "%d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %I:%M %p",
)
ZONE = regex(r"\s*(?:(?:GMT|UTC)\s*(?:([-+])(\d{1,2}):?(\d\d)?)?|([A-Z]{3,4}))$")
SECONDS = regex(r":\d\d:\d\d|T\d{6}")
OF_DAY = regex(r":|T\d")
NUMBERED = regex(r"(\d{1,2})/(\d{1,2})/")  # of which either may be the month
DAY_FIRST = regex(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})")
MONTHS = 12
LONGEST = 60  # characters


def moment(text: str) -> datetime:
    """Return a time, with its zone if it has one. Raises ValueError."""
    text = " ".join(text[: LONGEST + 1].split())
    if len(text) > LONGEST:
        raise ValueError("too long for a time")
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    found = ZONE.search(text)
    if found and found[4] in ("AM", "PM"):
        found = None
    zone = None
    if found and not found[4]:
        minutes = int(found[2] or 0) * 60 + int(found[3] or 0)
        if minutes < 24 * 60:
            zone = timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    plain = text[: found.start()] if found else text
    with suppress(ValueError):
        return datetime.fromisoformat(plain).replace(tzinfo=zone)  # Canvas' `2026-11-20 12:00 UTC`
    for form in FORMATS:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise ValueError("no time")


def has_day_first(texts: Iterable[str]) -> bool:
    """Say whether the times of a column have the day in front of the month, as one of them tells,
    25/11/2026: then 3/11/2026 in it is no 11th of March.
    """
    dates = [date for date in map(NUMBERED.match, map(str.strip, texts)) if date]
    told = any(int(date[1]) > MONTHS for date in dates)
    return told and all(int(date[2]) <= MONTHS for date in dates)


def year_first(text: str) -> str:
    """Return a time that has the day in front, 3/11/2026 10:05 PM, with the year there."""
    return DAY_FIRST.sub(r"\3/\2/\1", text, count=1)


def deadline(text: str) -> datetime:
    """Return the last moment of a due date: a day without a time lasts to its end, and so does a
    minute without seconds. Raises ValueError.
    """
    start = moment(text)
    if not OF_DAY.search(text):
        return start + timedelta(days=1, microseconds=-1)
    return start if SECONDS.search(text) else start + timedelta(minutes=1, microseconds=-1)


def shown_deadline(due: datetime) -> str:
    """Return a due date as it is printed, `2026-11-20 23:59`, with its zone if it has one."""
    return due.strftime("%Y-%m-%d %H:%M %Z").rstrip()


def shown_moment(text: str) -> str:
    """Return a time as the due date is printed, with its seconds if it has some; as it is written
    where it is none, has no time of day, or may be read in another way: 3/11/2026, a zone by name.
    """
    plain = " ".join(text.split())
    date, zone = NUMBERED.match(plain), ZONE.search(plain)
    either = date and date[1] != date[2] and max(int(date[1]), int(date[2])) <= MONTHS
    named = zone and zone[4] and zone[4] not in ("AM", "PM")
    if either or named or not OF_DAY.search(plain):
        return text
    try:
        found = moment(text)
    except ValueError:
        return text
    seconds = ":%S" if SECONDS.search(plain) else ""
    return found.strftime(f"%Y-%m-%d %H:%M{seconds} %Z").rstrip()


def days_late(due: datetime, handed_in: datetime) -> int:
    """Return how many days a time is past another, each as soon as it begins; 0 if it is not."""
    return max(0, ceil(_between(due, handed_in) / timedelta(days=1)))


def time_late(due: datetime, handed_in: datetime) -> str:
    """Return by how much a time is past another, `13 minutes` or `2 days 3 hours`: to the minute,
    and what is less than an hour not behind days and hours; empty if it is not past.
    """
    minutes = ceil(_between(due, handed_in) / timedelta(minutes=1))
    hours, minutes = divmod(max(0, minutes), 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "day"), (hours, "hour"), (minutes, "minute"))
    told = [f"{count:,} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(told[:2])


def _between(due: datetime, handed_in: datetime) -> timedelta:
    """Return how much later one time is; where one of them has no zone, both are of the same."""
    if due.tzinfo is None or handed_in.tzinfo is None:
        due, handed_in = due.replace(tzinfo=None), handed_in.replace(tzinfo=None)
    return handed_in - due
