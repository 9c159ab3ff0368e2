"""Admin pages, gathered for Django from the packages that own them."""

from portal.events import admin as events
from portal.people import admin as people
from portal.people.invitations import admin as invitations
from portal.people.writing import admin as writing
from portal.programme import admin as programme
from portal.sweeps import admin as sweeps

__all__ = ["events", "invitations", "people", "programme", "sweeps", "writing"]
