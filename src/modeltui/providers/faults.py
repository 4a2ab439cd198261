"""What can happen to a request, told apart by whether it may have arrived."""

from __future__ import annotations

from modeltui.errors import ProviderError


class NotSentError(ProviderError):
    """Nothing reached the provider, so sending again cannot pay twice."""


class LostError(ProviderError):
    """It may have arrived, and no whole answer came back."""


class LaterError(ProviderError):
    """The other side asks to come again. `after_s` is the least wait in seconds; None where it does not say."""

    def __init__(self, message: str, *, after_s: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.after_s = after_s
