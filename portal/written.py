"""What people and their browsers write, as it is kept: without the one byte that PostgreSQL takes nowhere."""


def keepable(text: str) -> str:
    """As it came, where spaces and lines count."""
    return text.replace("\x00", "")


def one_line(text: str) -> str:
    """Its words, with one space between them."""
    return " ".join(keepable(text).split())


def lines(text: str) -> str:
    """Its lines, however a system ends them, without the empty ones before and after."""
    return keepable(text).replace("\r\n", "\n").strip()
