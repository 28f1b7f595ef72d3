"""Journeys in a real Chromium, with and without JavaScript, and accessibility rules run in the page."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.conf import settings

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Each visitor of a test has a context of their own: no process is kept ready, or started apart, for each.
    # A context also opens a window, whose address bar loads two pages of its own: two seconds of processor for nothing.
    # A page of the same site takes the frame of the one before, as Chromium long did: a fifth less for each page.
    "--disable-features=SpareRendererForSitePerProcess,PaintHolding,RenderDocument,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,PreloadTopChromeWebUI",
    "--process-per-site",
    "--in-process-gpu",
    "--disable-extensions",
]
# axe's own rules of RGAA's level, and its good practices on headings and landmarks.
REGLES_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # The elements that pass need not be described one by one.
    "resultTypes": ["violations"],
    # Only an experimental rule, which is not run, reads the style sheets: they need not be fetched again.
    "preload": {"assets": ["media"]},
}


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Any]:
    """One Chromium for the session."""
    from playwright.sync_api import Locator, sync_playwright

    _attendre_la_page_suivante(Locator)
    # Playwright's synchronous API runs an event loop in this thread; Django would refuse the database for it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as outil:
        chromium = outil.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=OPTIONS, headless=True
        )
        yield chromium
        chromium.close()


def _attendre_la_page_suivante(locator: type[Any]) -> None:
    """What follows a click or a key reads the next page whole.

    Playwright waits for the answer to begin, no more: on a busy machine, half a page has neither heading nor errors.
    """
    for nom in ("click", "press"):
        agir = getattr(locator, nom)

        @functools.wraps(agir)
        def agir_puis_attendre(self: Any, *args: Any, agir: Callable[..., Any] = agir, **options: Any) -> None:
            page = self.page
            agir(self, *args, **options)
            page.wait_for_load_state("load")

        setattr(locator, nom, agir_puis_attendre)


@pytest.fixture
def nouvelle_page(navigateur: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """`nouvelle_page(js=False, largeur=360)`: a page in a context of its own, on the live server.

    At the end of the test, an error of the console (a resource refused by the CSP, for instance) or an uncaught error
    of a script fails it. `page.erreurs_attendues` names the texts of those that the test provokes.
    """
    contextes, pages = [], []

    def ouvrir(*, js: bool = True, largeur: int = 1280, hauteur: int = 900, sombre: bool = False) -> Any:
        contexte = navigateur.new_context(
            base_url=live_server.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            java_script_enabled=js,
            viewport={"width": largeur, "height": hauteur},
            color_scheme="dark" if sombre else "light",
            reduced_motion="reduce",
        )
        contexte.set_default_timeout(10_000)
        page = contexte.new_page()
        page.erreurs, page.erreurs_attendues = [], []
        page.on("console", lambda m: page.erreurs.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda erreur: page.erreurs.append(str(erreur)))
        contextes.append(contexte)
        pages.append(page)
        return page

    yield ouvrir
    for contexte in contextes:
        contexte.close()
    for page in pages:
        inattendues = [e for e in page.erreurs if not any(texte in e for texte in page.erreurs_attendues)]
        assert not inattendues, f"errors in the browser's console: {inattendues}"


@pytest.fixture
def page(nouvelle_page: Callable[..., Any]) -> Any:
    """A page with JavaScript, at the width of a computer."""
    return nouvelle_page()


@pytest.fixture
def page_sans_js(nouvelle_page: Callable[..., Any]) -> Any:
    """A page without JavaScript: everything must work there too."""
    return nouvelle_page(js=False)


@pytest.fixture
def connecter(live_server: Any) -> Callable[[Any, Any], None]:
    """`connecter(page, client_de("anct"))`: the page takes the session of a test client."""

    def faire(page: Any, client: Any) -> None:
        page.context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    return faire


# A computer and a small telephone.
LARGEURS = (1280, 360)


def verifier_accessibilite(
    page: Any, *, contexte: str | None = None, largeurs: Iterable[int] = (), capture: str = ""
) -> None:
    """No violation of axe's rules in the page, no horizontal scroll; each violation is told in a readable way.

    `largeurs` looks at the same page at each width, read once. With `CAPTURES=/some/folder`, `capture` names the
    pictures that are kept to be looked at. Without JavaScript axe cannot run: check the same page with it.
    """
    depart = page.viewport_size
    for largeur in largeurs or (depart["width"],):
        page.set_viewport_size({**depart, "width": largeur})
        _verifier(page, contexte)
        if capture and os.environ.get("CAPTURES"):
            page.screenshot(path=f"{os.environ['CAPTURES']}/{capture}_{largeur}.png", full_page=True)
    page.set_viewport_size(depart)


@functools.cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script


def _verifier(page: Any, contexte: str | None) -> None:
    # Half a megabyte of script: once per page, not once per width.
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_axe())
    violations = page.evaluate(
        "([contexte, regles]) => axe.run(contexte || document, regles).then((resultats) => resultats.violations)",
        [contexte, REGLES_AXE],
    )
    messages = []
    for violation in violations:
        messages.append(f"{violation['id']} ({violation['impact']}) : {violation['help']}")
        for noeud in violation["nodes"][:5]:
            messages.append(f"    {' '.join(map(str, noeud['target']))}\n        {noeud['html'][:200]}")
    assert not messages, f"{page.url}\n" + "\n".join(messages)
    deborde = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert deborde <= 0, f"{page.url}: the page is {deborde} px wider than the screen"


@pytest.fixture(name="verifier_accessibilite")
def _verifier_accessibilite() -> Callable[..., None]:
    return verifier_accessibilite
