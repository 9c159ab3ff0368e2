from django.urls import path

from portal.live.gateway import Gateway

websocket_urlpatterns = [path("live/<slug:event>/", Gateway.as_asgi())]
