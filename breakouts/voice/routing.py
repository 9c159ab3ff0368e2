from django.urls import path

from breakouts.voice.proxy import VoiceProxy

websocket_urlpatterns = [path("live/<slug:event>/voice/<int:caller>/<int:entry>/", VoiceProxy.as_asgi())]
