"""Dates as the service writes them."""

import re
from datetime import datetime, timedelta, timezone

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(?:([Zz])|([+-])(\d\d):?(\d\d)?)"
)


def moment(text: str | None) -> datetime | None:
    """The moment with its time zone; None where the text is not ISO 8601 with an offset."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _lenient(text)
    return at if at.tzinfo is not None else None


def _lenient(text: str) -> datetime | None:
    """What `fromisoformat` of older Pythons cannot read: "Z", and fractions of any length."""
    parts = _ISO.fullmatch(text)
    if parts is None:
        return None
    day, time, fraction, _, sign, hours, minutes = parts.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}")
        if sign is None:
            return at.replace(tzinfo=timezone.utc)
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return at.replace(tzinfo=timezone(-offset if sign == "-" else offset))
    except ValueError:
        return None
