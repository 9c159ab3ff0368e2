"""The pages of registering, answered by the plain test client."""

import re

from django.core import mail

BASE = "/assembly-2022/"
CONFIRM = "/accounts/login/code/confirm/"
PAGES = {
    "name": {"full_name": "  Dana   Placeholder ", "name": "", "pronouns": "they/them"},
    "place": {"organisation": "Example Trust", "region": "london"},
    "work": {"role": "learner", "profession": "medicine", "grade": "ST4"},
    "needs": {"needs": ["captions", "breaks"], "words": "A chair near the door\nof my screen"},
    "conduct": {"conduct": "on"},
    "recording": {"recorded": "no"},
    "directory": {"listed": "yes"},
}


def code() -> str:
    return re.search(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b", mail.outbox[-1].body)[0]


def ask_code(client, email: str = "Dana@Example.org"):
    return client.post(f"{BASE}register/", {"email": email})


def sign_in(client, email: str = "Dana@Example.org"):
    """By the address and the mailed code, as a newcomer does; ends on the first page of questions."""
    return client.post(ask_code(client, email).url, {"code": code()}, follow=True)


def answer(client, *slugs: str, **instead: dict[str, object]) -> str:
    """Answers these pages, or all; gives where the last one led."""
    for slug in slugs or PAGES:
        done = client.post(f"{BASE}register/{slug}/", PAGES[slug] | instead.get(slug, {}))
        assert done.status_code == 302, (slug, done.context["form"].errors)
    return done.url


def finish(client):
    return client.post(f"{BASE}register/check/", follow=True)
