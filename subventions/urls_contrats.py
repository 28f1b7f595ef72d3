"""Addresses of contracts, agreements, payments and of the simulator."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
