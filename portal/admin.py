"""Admin pages, gathered for Django from the packages that own them."""

from portal.events import admin as events
from portal.mail import admin as mail
from portal.people import admin as people
from portal.people.invitations import admin as invitations
from portal.programme import admin as programme
from portal.sweeps import admin as sweeps

__all__ = ["events", "invitations", "mail", "people", "programme", "sweeps"]
