from django.urls import include, path

from networking import message_views, table_views, views

app_name = "networking"

MESSAGE = "conversations/<int:conversation_id>/messages/<int:message_id>/"

urlpatterns = [
    path("", include("networking.direct.urls")),
    path("", include("networking.safety.urls")),
    path("lounge/", views.lounge, name="lounge"),
    path("lounge/tables/", table_views.open_new, name="open_table"),
    path("conversations/<int:conversation_id>/clear/", table_views.clear, name="close_table"),
    path("conversations/<int:conversation_id>/", views.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/panel/", views.panel, name="panel"),
    path("conversations/<int:conversation_id>/say/", views.say, name="say"),
    path("conversations/<int:conversation_id>/names/", views.names, name="names"),
    path("conversations/<int:conversation_id>/questions/", include("networking.questions.urls")),
    path("conversations/<int:conversation_id>/polls/", include("networking.polls.urls")),
    path(MESSAGE, message_views.message, name="message"),
    path(f"{MESSAGE}acts/", message_views.acts, name="acts"),
    path(f"{MESSAGE}react/", message_views.react, name="react"),
    path(f"{MESSAGE}edit/", message_views.edit, name="edit"),
    path(f"{MESSAGE}take-back/", message_views.take_back, name="take_back"),
    path("sessions/<int:session_id>/talk/", views.session_conversation, name="session_conversation"),
    path("sessions/<int:session_id>/talk-panel/", views.session_panel, name="session_panel"),
    path("people/", include("networking.directory.urls")),
]
