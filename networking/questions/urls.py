from django.urls import path

from networking.questions import views

urlpatterns = [
    path("", views.page, name="questions"),
    path("panel/", views.panel, name="questions_panel"),
    path("ask/", views.ask, name="ask"),
    path("vote/", views.vote, name="upvote"),
    path("withdraw/", views.withdraw, name="withdraw_question"),
    path("run/", views.run, name="run_questions"),
    path("run/move/", views.move, name="move_question"),
    path("run/settings/", views.settle, name="set_asking"),
]
