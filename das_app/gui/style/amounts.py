"""Formatting of times and sizes for users."""

from das_app.gui.style.language import local

_UNITS = ("kB", "MB", "GB", "TB")


def short_time(time_s: float) -> str:
    """Such as 0:07 or 1:02:03; whole seconds."""
    minutes, seconds = divmod(int(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def size(num_bytes: float) -> str:
    """Such as 512 kB, 4.1 MB or 120 GB; three digits at most."""
    amount = num_bytes / 1000
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= 1000
    return local(f"{amount:.1f} {unit}") if 0 < amount < 9.95 else f"{amount:.0f} {unit}"
