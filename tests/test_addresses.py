"""
Every address of the portal, asked by everyone: nobody, another event's delegate, a delegate, a speaker, an organiser.

A new address that is not in the table fails here. The columns are nobody, Cleo, Ben, Sana and Ada, on the live day
and then in the other phases for Ben. Answers: a status, or "in" for a redirect to signing in.
"""

import re
import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from networking.polls.services import draft_poll
from networking.questions.services import ask_question
from networking.services import open_lounge, post_message
from portal.models import Speaker

pytestmark = pytest.mark.django_db
IN = "in"
WHO = ["nobody", "cleo", "ben", "sana", "ada"]
PUBLIC = [200] * 5
MEMBERS = [IN, 404, 200, 200, 200]
LEADERS = [IN, 404, 404, 404, 200]
POST = [405] * 5  # nothing but a form may change anything
PHASES = {
    "registration": "2022-05-20T12:00",
    "open": "2022-05-25T12:00",
    "live": "2022-05-27T10:00",
    "on demand": "2022-06-27T12:00",
    "closed": "2022-12-01T12:00",
}
READ = [403, 200, 200, 200, 403]
ROOM = {"round_id": "round", "room_id": "room"}

# name: (keywords, answers on the live day by person, answers to Ben by phase)
TABLE = {
    "portal:front": ({}, PUBLIC, [200] * 5),
    "portal:register": ({}, [200, 302, 302, 302, 302], [302, 302, 302, 403, 403]),
    "portal:register_step": ({"slug": "name"}, [IN, 200, 302, 302, 200], [302, 302, 302, 403, 403]),
    "portal:register_check": ({}, [302] * 5, [302, 302, 302, 403, 403]),
    "portal:account": ({}, MEMBERS, [200] * 5),
    "portal:registration": ({}, MEMBERS, [200] * 5),
    "portal:change": ({"slug": "needs"}, [IN, 404, 200, 200, 404], [200] * 5),
    "portal:confirm": ({}, POST, POST),
    "portal:cancel": ({}, [IN, 404, 200, 200, 404], [200] * 5),
    # For the access leads alone: Ada organises and is none.
    "portal:needs": ({}, [IN, 404, 404, 404, 404], [404] * 5),
    "portal:act_on_need": ({"need_id": 1}, POST, POST),
    "portal:calendar": ({}, [IN, 404, 200, 200, 404], [200] * 5),
    "portal:calendar_file": ({}, [IN, 404, 200, 200, 404], [200] * 5),
    "portal:calendar_renew": ({}, POST, POST),
    # Only its signed address opens it, and then to anybody: tests/portal/test_calendar.py.
    "portal:calendar_feed": ({"token": "1-0.wrong"}, [404] * 5, [404] * 5),
    # Of one's own registration; who organises is not asked, and has the report.
    "portal:equality": ({}, [IN, 404, 200, 200, 404], [200, 200, 200, 200, 403]),
    "portal:equality_done": ({}, [IN, 404, 302, 302, 404], [302] * 5),
    "portal:equality_report": ({}, LEADERS, [404] * 5),
    "portal:lobby": ({}, MEMBERS, READ),
    "portal:close_announcement": ({}, POST, POST),
    "portal:programme": ({}, MEMBERS, [200, 200, 200, 200, 403]),
    "portal:session": ({"session_id": "session"}, MEMBERS, [200, 200, 200, 200, 403]),
    "portal:rehearsal": ({}, [404, 404, 404, 404, 200], [404] * 5),
    "portal:speaker": ({"speaker_id": "speaker"}, PUBLIC, [200] * 5),
    "portal:photo": ({"speaker_id": "speaker"}, [404] * 5, [404] * 5),
    "portal:logo": ({}, [404] * 5, [404] * 5),
    "portal:theme": ({}, PUBLIC, [200] * 5),
    "portal:my_data": ({}, MEMBERS, [200] * 5),
    "portal:my_data_file": ({}, POST, POST),
    "portal:erase": ({}, [IN, 404, 200, 200, 302], [200] * 5),
    "portal:privacy": ({}, PUBLIC, [200] * 5),
    "portal:accessibility": ({}, PUBLIC, [200] * 5),
    "networking:lounge": ({}, MEMBERS, READ),
    "networking:conversation": ({"conversation_id": "lounge"}, MEMBERS, READ),
    "networking:panel": ({"conversation_id": "lounge"}, MEMBERS, READ),
    "networking:say": ({"conversation_id": "lounge"}, POST, POST),
    # Ada organises without being registered, and so does not speak.
    "networking:names": ({"conversation_id": "lounge"}, [IN, 404, 200, 200, 403], [403, 200, 200, 403, 403]),
    "networking:questions": ({"conversation_id": "lounge"}, MEMBERS, READ),
    "networking:questions_panel": ({"conversation_id": "lounge"}, MEMBERS, READ),
    "networking:ask": ({"conversation_id": "lounge"}, POST, POST),
    "networking:upvote": ({"conversation_id": "lounge"}, POST, POST),
    "networking:withdraw_question": ({"conversation_id": "lounge"}, POST, POST),
    # Nobody reports their own; who organises without being registered has the queue.
    "networking:report_question": (
        {"conversation_id": "lounge", "question_id": "question"},
        [IN, 404, 200, 403, 403],
        READ,
    ),
    "networking:run_questions": ({"conversation_id": "lounge"}, LEADERS, [403, 404, 404, 404, 403]),
    "networking:move_question": ({"conversation_id": "lounge"}, POST, POST),
    "networking:set_asking": ({"conversation_id": "lounge"}, POST, POST),
    "networking:polls": ({"conversation_id": "lounge"}, MEMBERS, READ),
    "networking:polls_panel": ({"conversation_id": "lounge"}, MEMBERS, READ),
    "networking:vote": ({"conversation_id": "lounge"}, POST, POST),
    "networking:run_polls": ({"conversation_id": "lounge"}, LEADERS, [403, 404, 404, 404, 403]),
    "networking:act_on_poll": ({"conversation_id": "lounge"}, POST, POST),
    "networking:redraft_poll": ({"conversation_id": "lounge", "poll_id": "poll"}, LEADERS, [403, 404, 404, 404, 403]),
    "networking:message": ({"conversation_id": "lounge", "message_id": "message"}, MEMBERS, READ),
    "networking:acts": ({"conversation_id": "lounge", "message_id": "message"}, MEMBERS, READ),
    "networking:react": ({"conversation_id": "lounge", "message_id": "message"}, POST, POST),
    "networking:edit": ({"conversation_id": "lounge", "message_id": "message"}, POST, POST),
    "networking:take_back": ({"conversation_id": "lounge", "message_id": "message"}, POST, POST),
    "networking:remove": ({"conversation_id": "lounge", "message_id": "message"}, POST, POST),
    "networking:mute": ({"conversation_id": "lounge", "message_id": "message"}, POST, POST),
    # Nobody reports themselves; who organises without being registered has the queue.
    "networking:report_message": (
        {"conversation_id": "lounge", "message_id": "message"},
        [IN, 404, 200, 403, 403],
        READ,
    ),
    "networking:place": ({"conversation_id": "lounge"}, [IN, 404, 404, 404, 200], [403, 404, 404, 404, 403]),
    "networking:unmute": ({"conversation_id": "lounge", "mute_id": 1}, POST, POST),
    "networking:open_table": ({}, POST, POST),
    "networking:close_table": ({"conversation_id": "lounge"}, POST, POST),
    "networking:read": ({"conversation_id": "lounge"}, POST, POST),
    "networking:group": ({"conversation_id": "talk"}, [IN, 404, 200, 200, 404], READ),
    "networking:leave_talk": ({"conversation_id": "talk"}, POST, POST),
    "networking:messages": ({}, [IN, 404, 200, 200, 302], READ),
    "networking:search": ({}, MEMBERS, READ),
    "networking:answer_request": ({"request_id": 1}, POST, POST),
    "networking:person": ({"delegate_id": "sana"}, [IN, 404, 200, 404, 404], READ),
    "networking:ask_to_talk": ({"delegate_id": "sana"}, POST, POST),
    "networking:safety": ({}, [IN, 404, 200, 200, 302], READ),
    "networking:announce": ({}, POST, POST),
    "networking:report_person": ({"delegate_id": "sana"}, [IN, 404, 200, 404, 404], READ),
    "networking:block": ({"delegate_id": "sana"}, [IN, 404, 200, 404, 404], READ),
    "networking:unblock": ({"delegate_id": "sana"}, POST, POST),
    "networking:moderation": ({}, [IN, 404, 404, 404, 200], [403, 404, 404, 404, 403]),
    "networking:decide": ({"report_id": 1}, POST, POST),
    "networking:reopen": ({"report_id": 1}, POST, POST),
    "networking:suspend": ({"delegate_id": "sana"}, LEADERS, [403, 404, 404, 404, 403]),
    "networking:restore": ({"delegate_id": "sana"}, POST, POST),
    "networking:session_conversation": ({"session_id": "session"}, MEMBERS, READ),
    "networking:session_panel": ({"session_id": "session"}, MEMBERS, READ),
    "networking:directory": ({}, MEMBERS, READ),
    "networking:here": ({}, MEMBERS, READ),
    "networking:listing": ({}, [IN, 404, 200, 200, 302], [403, 200, 200, 403, 403]),
    "breakouts:rounds": ({}, MEMBERS, READ),
    "breakouts:round": ({"round_id": "round"}, MEMBERS, READ),
    "breakouts:choose": ({"round_id": "round"}, POST, POST),
    "breakouts:leave": ({"round_id": "round"}, POST, POST),
    "breakouts:leave_line": ({"round_id": "round"}, POST, POST),
    "breakouts:accept": ({"round_id": "round"}, POST, POST),
    "breakouts:seen": ({"round_id": "round"}, POST, POST),
    "breakouts:ask": ({}, MEMBERS, READ),
    "breakouts:stop_asking": ({}, POST, POST),
    "breakouts:seen_all": ({}, POST, POST),
    "breakouts:room": ({"round_id": "round", "room_id": "room"}, [IN, 404, 403, 403, 200], [403] * 5),
    "breakouts:help": ({}, LEADERS, [403, 404, 404, 404, 403]),
    "breakouts:help_act": ({"call_id": 1}, POST, POST),
    # Of a room, who has no place in it learns nothing.
    "breakouts:part": (ROOM, [IN, 404, 404, 404, 303], [403, 404, 404, 404, 403]),
    "breakouts:desk": (ROOM, LEADERS, [403, 404, 404, 404, 403]),
    "breakouts:room_people": (ROOM, LEADERS, [403, 404, 404, 404, 403]),
    "breakouts:notes": (ROOM, LEADERS, [403, 404, 404, 404, 403]),
    "breakouts:notes_history": (ROOM, LEADERS, [403, 404, 404, 404, 403]),
    "breakouts:hand": (ROOM, POST, POST),
    "breakouts:floor": (ROOM, POST, POST),
    "breakouts:extend": (ROOM, POST, POST),
    "breakouts:end": (ROOM, POST, POST),
    "breakouts:call_for_help": (ROOM, POST, POST),
    "breakouts:cancel_help": (ROOM, POST, POST),
    "breakouts:remove_person": (ROOM, POST, POST),
    "breakouts:admit_person": (ROOM, POST, POST),
    "breakouts:mute_person": (ROOM, POST, POST),
    "breakouts:forgive_person": (ROOM, POST, POST),
    "breakouts:save_note": (ROOM, POST, POST),
    "breakouts:take_notes": (ROOM, POST, POST),
    "breakouts:voice": ({"round_id": "round", "room_id": "room"}, [IN, 404, 302, 302, 200], [403, 302, 302, 302, 403]),
    "breakouts:voice_link": (
        {"round_id": "round", "room_id": "room"},
        [IN, 404, 404, 404, 404],
        [403, 404, 404, 404, 403],
    ),
    # Nothing is recorded there.
    "breakouts:voice_recording": (
        {"round_id": "round", "room_id": "room"},
        [IN, 404, 404, 404, 404],
        [403, 404, 404, 404, 403],
    ),
    "breakouts:delete_recording": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "breakouts:voice_enter": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "breakouts:voice_leave": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "breakouts:voice_beat": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "breakouts:voice_switch": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "breakouts:voice_signal": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "breakouts:voice_lead": ({"round_id": "round", "room_id": "room"}, POST, POST),
    "library:documents": ({}, MEMBERS, READ),
    "library:recordings": ({}, MEMBERS, [403, 403, 200, 200, 403]),
    # The parts of a session's page: each says nothing of what may not be read or watched yet.
    "library:session_panel": ({"session_id": "session"}, MEMBERS, [200, 200, 200, 200, 403]),
    "library:session_film": ({"session_id": "session"}, MEMBERS, [200, 200, 200, 200, 403]),
    "library:speaker": ({}, [IN, 404, 404, 200, 404], [404] * 5),
    "library:speaker_upload": ({"session_id": "session"}, POST, POST),
    "library_files:document": ({"document_id": "document"}, [404, 404, 200, 200, 200], [404, 200, 200, 200, 404]),
    "library_files:recording": ({"recording_id": "recording", "name": "captions.vtt"}, None, None),
    "live:catch_up": ({"channel": "channel"}, [401, 404, 200, 200, 200], None),
    "home": ({}, PUBLIC, [200] * 5),
    "healthz": ({}, PUBLIC, [200] * 5),
    "readyz": ({}, [503] * 5, [503] * 5),
}
# Other people's: allauth's own tests and ours in tests/portal/people cover them.
OTHERS = ("accounts/", "admin/")


@pytest.fixture
def things(event, ada, ben, sana, cleo, make_session, now):
    """One of everything an address can name."""
    from breakouts.services import add_room, open_round
    from library.models import Recording
    from library.services import add_document
    from networking.direct.services import answer_request, ask_to_talk

    session = make_session("Opening")
    speaker = Speaker.objects.create(event=event, user=sana.user, name=sana.name)
    session.speakers.add(speaker)
    round = open_round(make_session("Round one", "09:45", "10:30", kind="round"))
    document = add_document(
        event, title="Notes", summary="", category="", filename="notes.pdf", data=b"%PDF-1.7\n%%EOF\n", by=ada, now=now
    )
    found = {
        "session": session, "speaker": speaker, "lounge": open_lounge(event), "round": round, "document": document,
        "room": add_room(round, title="Room", theme="", capacity=9),
        "recording": Recording.objects.create(session=session),
    }  # fmt: skip
    asked = ask_question(found["lounge"], sana, "Who decides?", anonymous=False, token="t", now=now)
    found["question"] = asked.question
    found["poll"] = draft_poll(found["lounge"], "Which?", ["One", "Other"], multiple=False, by=ada, now=now)
    asked = ask_to_talk(ben, sana, words="", now=now)
    found |= {"sana": sana, "talk": answer_request(asked, accept=True, now=now)}
    found["message"] = post_message(found["lounge"], sana, "Hello", client_id=uuid.uuid4(), now=now)
    return {name: thing.pk for name, thing in found.items()} | {"channel": f"conversation.{found['lounge'].pk}"}


@pytest.fixture
def people(event, ada, ben, sana, cleo):
    return dict(zip(WHO, [None, cleo, ben, sana, ada], strict=True))


def named(resolver: URLResolver, space: str = "", path: str = "") -> dict[str, str]:
    """Every pattern below a resolver, name and path."""
    found = {}
    for pattern in resolver.url_patterns:
        where = path + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found[f"{space}{pattern.name}"] = where
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= named(pattern, inner, where)
    return found


def addresses() -> dict[str, str]:
    return {name: path for name, path in named(get_resolver()).items() if not path.startswith(OTHERS)}


def fill(path: str, keywords: dict[str, str], things: dict[str, int]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1].split(":")[-1]
        if name == "event_slug":
            return "assembly-2022"
        wanted = keywords[name]
        return str(things.get(wanted, wanted))

    return "/" + re.sub(r"<([^>]+)>", value, path)


def answer(client, address: str) -> int | str:
    response = client.get(address)
    return IN if response.status_code == 302 and "/accounts/login/" in response.url else response.status_code


def test_every_address_is_in_the_table():
    assert set(addresses()) == set(TABLE)


def test_each_person_gets_their_answer_on_the_live_day(things, people, client_of):
    found, paths = {}, addresses()
    clients = [client_of(people[who]) for who in WHO]
    wanted = {name: answers for name, (_, answers, _) in TABLE.items() if answers}
    for name in wanted:
        address = fill(paths[name], TABLE[name][0], things)
        found[name] = [answer(client, address) for client in clients]
    assert found == wanted


def test_a_delegate_gets_what_each_phase_allows(things, people, client_of, at):
    found, paths, client = {}, addresses(), client_of(people["ben"])
    wanted = {name: answers for name, (_, _, answers) in TABLE.items() if answers}
    for name in wanted:
        address, found[name] = fill(paths[name], TABLE[name][0], things), []
        for moment in PHASES.values():
            at(moment)
            found[name].append(answer(client, address))
    assert found == wanted


@pytest.mark.parametrize("phase", PHASES.values())
def test_an_organiser_reaches_every_page_in_every_phase(things, people, client_of, at, phase):
    at(phase)
    client, paths = client_of(people["ada"]), addresses()
    for name in ("portal:lobby", "portal:programme", "networking:lounge", "library:documents", "library:recordings"):
        assert answer(client, fill(paths[name], TABLE[name][0], things)) == 200, name


@pytest.mark.parametrize("phase", PHASES.values())
def test_a_speaker_reaches_the_own_page_in_every_phase(things, people, client_of, at, phase):
    at(phase)
    assert answer(client_of(people["sana"]), "/assembly-2022/speaking/") == 200


@pytest.mark.parametrize("address", ["/mailbox/", "/enter/x/"])
def test_what_helps_a_newcomer_is_not_there_outside_debug(client, event, address):
    assert client.get(address).status_code == 404
