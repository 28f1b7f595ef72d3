from django.urls import URLPattern

app_name = "vitrine"
urlpatterns: list[URLPattern] = []
