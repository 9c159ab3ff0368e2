"""Bodies of forms reach Django as they came: Twisted would read each of them once for itself.

Nobody asks for what it makes of them. A large form took a dozen times its size in memory, and a small one a quarter
of the time in which Daphne's loop hears nothing else.
"""

from functools import partial
from inspect import signature

from daphne import http_protocol
from twisted.web.http import Request


def leave_forms_unread() -> None:
    """Daphne does not pass Twisted's switch on. Where the installed Twisted has none, nothing changes."""
    if "parsePOSTFormSubmission" in signature(Request.__init__).parameters:
        http_protocol.WebRequest = partial(http_protocol.WebRequest, parsePOSTFormSubmission=False)
