"""The page behind the link that confirms an address."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ConfirmEmailView


class ConfirmerAdresse(ConfirmEmailView):
    """Reading the page changes nothing: somebody else signed in here is signed out by the confirmation only."""

    def logout_other_user(self, confirmation: Any) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)
