"""The same application, for servers that speak ASGI only."""

from asgiref.wsgi import WsgiToAsgi

from builder.wsgi import application as wsgi_application

application = WsgiToAsgi(wsgi_application)
