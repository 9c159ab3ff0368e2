from django.urls import path

from networking.safety import moderation, views

PLACE = "conversations/<int:conversation_id>/"
MESSAGE = f"{PLACE}messages/<int:message_id>/"

urlpatterns = [
    path("people/safety/", views.safety, name="safety"),
    path("people/announcements/", views.announce, name="announce"),
    path("people/<int:delegate_id>/report/", views.report_person, name="report_person"),
    path("people/<int:delegate_id>/block/", views.block, name="block"),
    path("people/<int:delegate_id>/unblock/", views.unblock, name="unblock"),
    path(f"{MESSAGE}report/", views.report_message, name="report_message"),
    path(f"{PLACE}questions/<int:question_id>/report/", views.report_question, name="report_question"),
    path(f"{MESSAGE}remove/", moderation.remove, name="remove"),
    path(f"{MESSAGE}mute/", moderation.mute, name="mute"),
    path(f"{PLACE}moderate/", moderation.place, name="place"),
    path(f"{PLACE}unmute/<int:mute_id>/", moderation.unmute, name="unmute"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/reports/<int:report_id>/", moderation.decide, name="decide"),
    path("moderation/reports/<int:report_id>/reopen/", moderation.reopen, name="reopen"),
    path("moderation/people/<int:delegate_id>/suspend/", moderation.suspend, name="suspend"),
    path("moderation/people/<int:delegate_id>/restore/", moderation.restore, name="restore"),
]
