from django.urls import path

from networking.direct import views

PLACE = "conversations/<int:conversation_id>/"

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/search/", views.search, name="search"),
    path("messages/requests/<int:request_id>/", views.answer, name="answer_request"),
    path("people/<int:delegate_id>/", views.person, name="person"),
    path("people/<int:delegate_id>/ask/", views.ask, name="ask_to_talk"),
    path(f"{PLACE}people/", views.group, name="group"),
    path(f"{PLACE}leave/", views.leave, name="leave_talk"),
    path(f"{PLACE}read/", views.read, name="read"),
]
