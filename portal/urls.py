from django.urls import path

from portal.calendar import views as calendar
from portal.equality import views as equality
from portal.people import views as people
from portal.people.needs import views as needs
from portal.people.wizard import views as wizard
from portal.privacy import views as privacy
from portal.programme import rehearsal
from portal.programme import views as programme

app_name = "portal"

urlpatterns = [
    path("", programme.front, name="front"),
    path("register/", wizard.register, name="register"),
    path("register/check/", wizard.check, name="register_check"),
    path("register/<slug:slug>/", wizard.step, name="register_step"),
    path("account/", people.account, name="account"),
    path("registration/", people.registration, name="registration"),
    path("registration/confirm/", people.confirm, name="confirm"),
    path("registration/cancel/", people.cancel, name="cancel"),
    path("registration/change/<slug:slug>/", wizard.change, name="change"),
    path("access-needs/", needs.needs, name="needs"),
    path("access-needs/<int:need_id>/", needs.act_on_need, name="act_on_need"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/file/", calendar.download, name="calendar_file"),
    path("calendar/renew/", calendar.renew, name="calendar_renew"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar_feed"),
    path("equality/", equality.questions, name="equality"),
    path("equality/thank-you/", equality.done, name="equality_done"),
    path("equality/report/", equality.report, name="equality_report"),
    path("lobby/", programme.lobby, name="lobby"),
    path("announcements/close/", programme.close_announcement, name="close_announcement"),
    path("programme/", programme.programme, name="programme"),
    path("programme/<int:session_id>/", programme.session, name="session"),
    path("rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("speakers/<int:speaker_id>/", programme.speaker, name="speaker"),
    path("speakers/<int:speaker_id>/photo/", programme.photo, name="photo"),
    path("logo/", programme.logo, name="logo"),
    path("theme.css", programme.theme_css, name="theme"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("my-data/", privacy.my_data, name="my_data"),
    path("my-data/file/", privacy.download, name="my_data_file"),
    path("my-data/erase/", privacy.erase, name="erase"),
    path("accessibility/", programme.accessibility, name="accessibility"),
]
