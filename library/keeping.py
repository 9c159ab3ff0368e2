"""What the library holds about a person. Where a film was left is kept in their browser alone."""

from portal.privacy.held import Erase, Held, register_held

SHARED = "Slides and documents you uploaded stay in the library: ask the organisers to take one out."


def connect() -> None:
    shows = ("document__title", "filename", "size", "uploaded_at")
    register_held(
        [Held("Files you uploaded", "library.DocumentVersion.uploaded_by", shows, Erase.UNLINK, stays=SHARED)]
    )
