"""The log ``room.<id>.notes``: each frame is one section as it stands."""

from breakouts.notes.queries import frames_after
from breakouts.policy import has_place
from breakouts.taking_part.live import hears
from portal.live.registry import ChannelKind

NOTES = ChannelKind(name="room.notes", may_hear=hears(has_place), frames_after=frames_after)
