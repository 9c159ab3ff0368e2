"""Search finds what its reader may read."""

import pytest

from networking.safety.services import block
from networking.services import remove_message

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


def test_search_finds_what_one_may_read_and_nothing_else(event, talk, room, lounge, ben, sana, dev, say, client_of):
    say(lounge, sana, "Rota planning in the open")
    say(talk, sana, "rota planning between us")

    def found(person):
        return client_of(person).get(f"{BASE}messages/search/?words=ROTA+planning").content.decode()

    assert "2 messages" in found(ben)
    assert "between us" not in found(dev)
    assert "in the open" in found(dev)


def test_search_leaves_out_what_is_gone_and_who_is_blocked(lounge, ben, sana, ada, say, client_of, now):
    remove_message(say(lounge, ben, "needle one"), by=ada, now=now)
    say(lounge, sana, "needle two")
    block(ben, sana, now=now)
    assert "needle" not in client_of(ben).get(f"{BASE}messages/search/?words=needle").content.decode().replace(
        'value="needle"', ""
    )
