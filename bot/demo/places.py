"""The places of the simulated Discord (channels, direct messages, threads) behind one address.

simcord's Preview shows one channel at an address of its own and allows one Preview at a time: to
change channel it must be closed, and every open tab dies with it. Here each place is a Preview that
stays, and one web server stands before all of them: a request belongs to the place whose token it
carries. The token is what follows '#' in the address, so a link to a place is a link to '#token',
and the page loads itself again when that changes.
"""

# simcord is pinned to the exact version, and has no public way to do this.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

import asyncio
import math
import socket
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeAlias, cast

import simcord
from aiohttp import web
from aiohttp.typedefs import Handler
from simcord.preview import Preview, _markdown, _server
from simcord.preview._server import PreviewServer

from bot.demo.controls import know_controls_by_custom_id

Person: TypeAlias = simcord.MemberActor | simcord.UserHandle

STATIC = files("bot.demo") / "static"
HOST = "127.0.0.1"


class Place(Preview):
    """One channel, direct message or thread, for as long as the demo runs."""

    # A skip to tomorrow is a day of inactivity for simcord.
    _PAGE_LEASE_SECONDS = math.inf

    def __init__(
        self,
        town: "Town",
        channel: simcord.ChannelHandle,
        viewers: tuple[Person, ...],
        group: str,
        title: str,
    ) -> None:
        super().__init__(
            town.env,
            channel,
            viewers,
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-US",
            timezone=town.zone,
            presentation_time=None,
            assets=None,
            port=town.port,
        )
        self.group, self.title = group, title
        self._town = town
        self._server = _Behind(self, town.port)

    async def open(self) -> None:
        """Start to answer. simcord allows one Preview: the town takes its place afterwards."""
        self.env._preview = None
        await self.__aenter__()
        cast(Any, self.env)._preview = self._town

    async def serve(self, handler: str, request: web.Request) -> web.StreamResponse:
        """Answer a request that carries this place's token."""
        return await getattr(self._server, handler)(request)

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        # simcord refuses what was done on a page before its latest refresh. Here refreshes come by
        # themselves, and a click half a second after one is still meant.
        page = self._pages.get(context_id or "")
        if page is not None and "published_revision" in body:
            body = {**body, "published_revision": page.revision}
        return await super()._action(context_id, body)

    def _open_page(self, viewer_id: Any = None, target_id: Any = None) -> Any:
        # A page that is opened anew shows the person who was looked at last, in any place.
        if viewer_id is None and self._town.viewer_id in {person.id for person in self.viewers}:
            viewer_id = self._town.viewer_id
        if self._python is not None:  # a page is opened where this one stands: at the end
            self._python.target_id = self._initial_target(self._python.viewer, self.channel.id)
            self._python.window_end_id = None
        while len(self._pages) >= self._MAX_PAGES:
            self._close_page(next(id_ for id_ in self._pages if id_ != "python"))
        return super()._open_page(viewer_id, target_id)


class _Behind(PreviewServer):
    """A Preview's handlers, without a port of their own."""

    def __init__(self, place: Place, port: int) -> None:
        super().__init__(place, port)
        self.port = port

    async def start(self) -> None:
        """The town's server runs already; all that is missing is this import of simcord's."""
        _server.web = web

    async def close(self) -> None:
        """The town's server goes on."""


class Town:
    """All places, and the server before them. What people do happens one thing at a time: `lock` is
    held while a person or the clock acts, since simcord refuses two acts at once.
    """

    def __init__(self, env: simcord.Env, listening: socket.socket, zone: str) -> None:
        self.env = env
        self.port: int = listening.getsockname()[1]
        self.zone = zone
        """IANA name of the zone in which times are shown."""
        self.lock = asyncio.Lock()
        self.viewer_id: int | None = None
        """The person through whose eyes a page was used last."""
        self.places: dict[int, Place] = {}
        """By channel id."""
        self._listening = listening
        self._seen = 0
        self._runner: web.AppRunner | None = None
        self._closed = False  # asked by simcord, see Place.open

    async def open(self, *routes: web.RouteDef) -> None:
        """Answer on the socket, with further routes of the launcher."""
        # Discord shows names and commands in embeds (without a ping); simcord shows what is typed.
        for field in ("embed_description", "embed_field_value"):
            _markdown._FIELD_POLICIES[field] |= {"mentions": True, "commands": True}
        know_controls_by_custom_id()
        app = web.Application(
            handler_args={"handler_cancellation": False}, middlewares=[self._own_hosts_only]
        )
        app.add_routes(routes)
        app.router.add_get("/discord", self._page)
        app.router.add_get("/favicon.ico", self._no_icon)
        for name in ("tutor.css", "tutor.js"):
            app.router.add_get(f"/{name}", self._own_file)
        for path in PreviewServer._STATIC_FILES:
            if path != "/":
                app.router.add_get(path, self._file)
        app.router.add_post("/api/pages", self._api("_pages"))
        app.router.add_delete("/api/pages/{context_id}", self._api("_delete_page"))
        app.router.add_get("/api/state", self._api("_state"))
        app.router.add_get("/api/commands", self._api("_commands"))
        app.router.add_get("/api/action-result", self._api("_action_result"))
        app.router.add_post("/api/action", self._act)
        app.router.add_get("/api/assets/{asset_id}", self._api("_asset"))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listening).start()

    async def close(self) -> None:
        """End the server, then every place."""
        self._closed = True
        if self._runner is not None:
            await self._runner.cleanup()
        for place in self.places.values():
            await place.close()

    async def add(
        self, channel: simcord.ChannelHandle, viewers: tuple[Person, ...], group: str, title: str
    ) -> Place:
        """Open a place. `viewers` are the people who can be in it, the first one by default."""
        place = Place(self, channel, viewers, group, title)
        await place.open()
        self.places[channel.id] = place
        return place

    def has_news(self) -> bool:
        """Return whether anything happened in Discord since the last call."""
        seen, self._seen = self._seen, len(self.env.backend.transcript)
        return seen != self._seen

    async def refresh(self) -> None:
        """Show every open page the latest state."""
        for place in [*self.places.values()]:
            await place.refresh()

    def _mark_action_dispatched(self) -> None:
        # simcord tells "the" preview that a person's act has had its effect; the place in which it
        # happens knows that it is meant.
        for place in self.places.values():
            place._mark_action_dispatched()

    @web.middleware
    async def _own_hosts_only(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # A page from elsewhere whose name was made to lead here must not read the tokens.
        if request.host not in (f"{HOST}:{self.port}", f"localhost:{self.port}"):
            raise web.HTTPForbidden
        return await handler(request)

    def _of(self, request: web.Request) -> Place:
        token = request.headers.get("X-Simcord-Capability")
        for place in self.places.values():
            if place.capability == token:
                return place
        raise web.HTTPUnauthorized

    def _api(self, handler: str) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await self._of(request).serve(handler, request)

        return answer

    async def _act(self, request: web.Request) -> web.StreamResponse:
        place = self._of(request)
        async with self.lock:
            response = await place.serve("_action", request)
        page = place._pages.get(request.headers.get("X-Simcord-Context", ""))
        if page is not None:
            self.viewer_id = page.viewer.id
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        for place in self.places.values():
            return await place.serve("_static", request)
        raise web.HTTPNotFound

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        """simcord's page, with the demo's own list of places beside it."""
        preview = (files("simcord.preview") / "static" / "index.html").read_text("utf-8")
        side = (STATIC / "side.html").read_text("utf-8")
        page = (
            preview.replace("<title>SimCord Preview</title>", "<title>Tutor demo</title>")
            .replace("</head>", '<link rel="stylesheet" href="/tutor.css"></head>')
            .replace("<body>", f"<body>{side}")
            .replace("</body>", '<script type="module" src="/tutor.js"></script></body>')
        )
        headers = PreviewServer._SECURITY_HEADERS
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _no_icon(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    async def _own_file(self, request: web.Request) -> web.StreamResponse:
        name = request.path.removeprefix("/")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        text = (STATIC / name).read_text("utf-8")
        headers = PreviewServer._SECURITY_HEADERS
        return web.Response(text=text, content_type=kind, headers=headers)
