"""The process of the loopback Discord: `python -m tests.discord.server CLOCK` prints its port.

`/api/v10` and `/gateway` are what the bot sees; `/_/VERB` is the script's (stage.py).
"""

import asyncio
import email.parser
import email.policy
import inspect
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.discord import stage
from tests.discord.clock import SharedClock
from tests.discord.conditions import CONDITIONS
from tests.discord.faults import STATUSES, Fault, Faults
from tests.discord.gateway import Gateway
from tests.discord.limits import Buckets
from tests.discord.openapi import Description
from tests.discord.rest import ROUTES, Request, Route
from tests.discord.world import Refusal, World

API = "/api/v10"
GATEWAY = "GET /gateway/"
"""How faults call the opening of the gateway's connection."""
NEVER_S = 5.0
"""After so long a request that is never answered loses its connection, as it would somewhere."""


class Server:
    """One world and what serves it. `reset` begins another world on the same port."""

    def __init__(self, clock: Path) -> None:
        self.description = Description()
        self.port = 0
        self._waiters: set[asyncio.Event] = set()
        self._stuck: set[asyncio.Task[Any]] = set()
        self.reset(str(clock))

    def reset(self, clock: str, scale: float = 1.0, at: str | None = None) -> None:
        """Begin anew, at `at` (ISO) or now. `scale` multiplies the seconds of every limit."""
        shared = SharedClock(Path(clock))
        if at is not None:
            shared.begin(datetime.fromisoformat(at))
        self.world = World(shared)
        self.gateway = Gateway(self.world, f"ws://127.0.0.1:{self.port}/gateway/")
        self.buckets = Buckets(scale)
        self.faults = Faults()
        self.count = self.under_way = 0
        self.log: list[dict[str, Any]] = []
        self.findings: list[str] = []
        self.world.touched = self.touched

    def touched(self) -> None:
        """Have everybody who waits look again."""
        for event in self._waiters:
            event.set()

    def note(self, what: str, **values: Any) -> None:
        """Keep for the judge what a member did."""
        self.log.append({"what": what, "at": self.world.clock().isoformat(), **values})

    def app(self) -> web.Application:
        """Return the application with every route."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        for route in ROUTES:
            app.router.add_route(route.method, API + route.template, self._handler(route))
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_post("/_/{verb}", self._control)
        return app

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            self.count += 1
            asked = _read(request, raw)
            fault = self.faults.take(route.name)
            entry = {
                "what": "request",
                "n": self.count,
                "route": route.name,
                "params": asked.params,
                "raw": raw.decode("utf-8", "replace"),
                "body": asked.body,
                "at": self.world.clock().isoformat(),
                "harm": fault.kind if fault else None,
                "status": None,
            }
            self.log.append(entry)
            self.findings += self.description.findings(
                route.method, route.template, asked.query, asked.body
            )
            if fault is None:
                return self._serve(route, asked, entry)
            self.under_way += 1
            self.touched()
            try:
                return await self._harmed(fault, request, lambda: self._serve(route, asked, entry))
            finally:
                self.under_way -= 1
                self.touched()

        return handle

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        """Open a connection of the gateway, unless that is to be harmed: no request of its own."""
        fault = self.faults.take(GATEWAY, named=True)
        if fault is None:
            return await self.gateway.serve(request)
        if fault.kind == "late":
            await asyncio.sleep(fault.seconds)
            return await self.gateway.serve(request)
        return await self._harmed(fault, request, web.Response)

    def _serve(self, route: Route, asked: Request, entry: dict[str, Any]) -> web.Response:
        major = asked.params.get("channel_id") or asked.params.get("webhook_token") or ""
        headers, wait = self.buckets.take(route.bucket, major, time.monotonic())
        if wait:
            entry["status"] = 429
            return _too_many(wait, headers)
        try:
            answer = route.effect(self.world, asked)
        except Refusal as refusal:
            entry["status"] = refusal.status
            body = {"code": refusal.code, "message": refusal.message}
            return _json(body, refusal.status, headers)
        entry["status"] = 204 if answer is None else 200
        entry["answer"] = answer.get("id") if isinstance(answer, dict) else None
        if answer is None:
            return web.Response(status=204, headers=headers)
        return _json(answer, 200, headers)

    async def _harmed(
        self, fault: Fault, request: web.Request, serve: Callable[[], web.Response]
    ) -> web.StreamResponse:
        if fault.kind in STATUSES:
            if fault.kind == "429":
                return _too_many(fault.seconds or 0.05, {})
            return web.Response(status=int(fault.kind), text="the upstream is unwell")
        if fault.kind in ("kill_before", "kill_after"):
            self.faults.kill()
        took_effect = fault.kind not in ("reset_before", "kill_before")
        answer = serve() if took_effect else web.Response()
        if fault.kind == "late":
            await asyncio.sleep(fault.seconds)
            return answer
        if fault.kind == "never":
            await asyncio.sleep(fault.seconds or NEVER_S)
        self.touched()
        if request.transport is not None:
            request.transport.abort()
        return answer

    async def _control(self, request: web.Request) -> web.Response:
        verb, given = request.match_info["verb"], await request.json()
        if verb == "reset":
            await self.gateway.cut(forget=True)
            self.reset(**given)
            return web.json_response(None)
        if verb == "wait":
            return web.json_response(await self._wait(**given))
        result = stage.VERBS[verb](self, **given)
        return web.json_response(await result if inspect.isawaitable(result) else result)

    async def _wait(self, what: str, patience: float, **about: Any) -> dict[str, Any]:
        """Return {'seen': …} when the condition holds; {'killed': true} where the server has killed
        the bot meanwhile; {} when patience is over.
        """
        event = asyncio.Event()
        self._waiters.add(event)
        kills = self._kills()
        try:
            async with asyncio.timeout(patience):
                while True:
                    seen = CONDITIONS[what](self, **about)
                    if seen is not None:
                        return {"seen": seen}
                    if self._kills() > kills or self.faults.pid is None:
                        return {"killed": True}
                    await event.wait()
                    event.clear()
        except TimeoutError:
            return {}
        finally:
            self._waiters.discard(event)

    def _kills(self) -> int:
        return sum(done.startswith("kill") for done in self.faults.done)


def _read(request: web.Request, raw: bytes) -> Request:
    asked = Request(dict(request.match_info), dict(request.query))
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + raw)
        for part in parsed.iter_parts():
            content = part.get_payload(decode=True)
            if part.get_param("name", header="content-disposition") == "payload_json":
                asked.body = json.loads(content)
            else:
                asked.files.append(
                    {
                        "filename": part.get_filename(),
                        "content_type": part.get_content_type(),
                        "size": len(content),
                    }
                )
    elif raw:
        asked.body = json.loads(raw)
    return asked


def _json(body: Any, status: int, headers: dict[str, str]) -> web.Response:
    # discord.py reads JSON only where the type says exactly this, without a charset.
    return web.Response(
        body=json.dumps(body).encode(),
        status=status,
        headers={**headers, "Content-Type": "application/json"},
    )


def _too_many(wait: float, headers: dict[str, str]) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": wait, "global": False}
    return _json(body, 429, {**headers, "Via": "1.1 loopback", "Retry-After": f"{wait:.3f}"})


async def main(clock: Path) -> None:
    """Serve until standard input closes: whoever started this is gone then."""
    server = Server(clock)
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    server.reset(str(clock))
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
