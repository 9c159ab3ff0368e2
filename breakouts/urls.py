from django.urls import include, path

from breakouts import views

app_name = "breakouts"

urlpatterns = [
    path("rooms/", views.rounds, name="rounds"),
    path("rooms/<int:round_id>/", views.round, name="round"),
    path("rooms/<int:round_id>/choose/", views.choose, name="choose"),
    path("rooms/<int:round_id>/leave/", views.leave, name="leave"),
    path("rooms/<int:round_id>/<int:room_id>/", views.room, name="room"),
    path("rooms/<int:round_id>/<int:room_id>/voice/", include("breakouts.voice.urls")),
]
