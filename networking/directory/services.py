from portal.people.models import Delegate


def list_delegate(delegate: Delegate, *, listed: bool, interests: str) -> None:
    """Chooses whether others find me, and by what."""
    delegate.listed, delegate.interests = listed, interests
    delegate.save(update_fields=["listed", "interests"])
