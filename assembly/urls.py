from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.events import views
from portal.people.links import enter
from portal.privacy.views import retention

admin.site.site_header = admin.site.site_title = "Assembly"
admin.site.index_title = "Organise"

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("admin/retention/", admin.site.admin_view(retention), name="retention"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
if settings.DEBUG:
    urlpatterns += [
        path("mailbox/", views.mailbox, name="mailbox"),
        path("enter/<str:token>/", enter, name="enter"),
    ]
if find_spec("library.files_urls"):
    urlpatterns += [path("files/<slug:event_slug>/", include("library.files_urls"))]
for app in ("portal", "networking", "breakouts", "library"):
    if find_spec(f"{app}.urls"):
        urlpatterns += [path("<slug:event_slug>/", include(f"{app}.urls"))]
urlpatterns += [path("<slug:event_slug>/live/", include("portal.live.urls"))]
