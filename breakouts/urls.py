from django.urls import include, path

from breakouts import views
from breakouts.hosting import help_views

app_name = "breakouts"
ROOM = "rooms/<int:round_id>/<int:room_id>/"

urlpatterns = [
    path("rooms/", views.rounds, name="rounds"),
    path("rooms/ask/", views.ask, name="ask"),
    path("rooms/ask/stop/", views.stop, name="stop_asking"),
    path("rooms/seen/", views.seen_all, name="seen_all"),
    path("rooms/help/", help_views.queue, name="help"),
    path("rooms/help/<int:call_id>/", help_views.act, name="help_act"),
    path("rooms/<int:round_id>/", views.round, name="round"),
    path("rooms/<int:round_id>/choose/", views.choose, name="choose"),
    path("rooms/<int:round_id>/leave/", views.leave, name="leave"),
    path("rooms/<int:round_id>/line/leave/", views.step_out, name="leave_line"),
    path("rooms/<int:round_id>/accept/", views.accept, name="accept"),
    path("rooms/<int:round_id>/seen/", views.seen, name="seen"),
    path(ROOM, views.room, name="room"),
    path(ROOM, include("breakouts.taking_part.urls")),
    path(ROOM, include("breakouts.hosting.urls")),
    path(ROOM, include("breakouts.notes.urls")),
    path(f"{ROOM}voice/", include("breakouts.voice.urls")),
]
