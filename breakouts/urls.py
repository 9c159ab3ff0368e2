from django.urls import include, path

from breakouts import views

app_name = "breakouts"

urlpatterns = [
    path("rooms/", views.rounds, name="rounds"),
    path("rooms/ask/", views.ask, name="ask"),
    path("rooms/ask/stop/", views.stop, name="stop_asking"),
    path("rooms/<int:round_id>/", views.round, name="round"),
    path("rooms/<int:round_id>/choose/", views.choose, name="choose"),
    path("rooms/<int:round_id>/leave/", views.leave, name="leave"),
    path("rooms/<int:round_id>/line/leave/", views.step_out, name="leave_line"),
    path("rooms/<int:round_id>/accept/", views.accept, name="accept"),
    path("rooms/<int:round_id>/seen/", views.seen, name="seen"),
    path("rooms/<int:round_id>/<int:room_id>/", views.room, name="room"),
    path("rooms/<int:round_id>/<int:room_id>/voice/", include("breakouts.voice.urls")),
]
