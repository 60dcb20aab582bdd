"""The gateway: sessions that outlive a socket, so that RESUME replays what was missed."""

import asyncio
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord.objects import channel_json, guild_json, user_json
from tests.discord.world import THREAD, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
HEARTBEAT_MS = 41_250


@dataclass
class Session:
    """What one IDENTIFY began."""

    id: str = field(default_factory=lambda: secrets.token_hex(8))
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Every event, numbered from 1, for RESUME."""
    socket: web.WebSocketResponse | None = None
    outbox: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue[str | None]())


class Gateway:
    """Delivers events to the one bot. `lost`, `doubled` and `swapped` count events to harm."""

    def __init__(self, world: World, url: str) -> None:
        self._world, self._url = world, url
        self.session: Session | None = None
        self.lost = self.doubled = self.swapped = 0
        self.identified = self.resumed = self.heartbeats = self.harmed = 0
        self._held: deque[tuple[str, dict[str, Any]]] = deque()
        world.notify = self.notify

    @property
    def connected(self) -> bool:
        """Whether a bot listens now."""
        return self.session is not None and self.session.socket is not None

    def notify(self, event: str, data: dict[str, Any]) -> None:
        """Send an event, unless it is one to harm."""
        if self.lost:
            self.lost -= 1
            self.harmed += 1
            return
        if self.swapped:
            self.swapped -= 1
            self.harmed += 1
            self._held.appendleft((event, data))
            if self.swapped:
                return
        else:
            self._held.append((event, data))
        while self._held:
            held = self._held.popleft()
            self._dispatch(*held)
            if self.doubled:
                self.doubled -= 1
                self.harmed += 1
                self._dispatch(*held)

    def _dispatch(self, event: str, data: dict[str, Any]) -> None:
        session = self.session
        if session is None:
            return
        payload = {"op": DISPATCH, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(payload)
        if session.socket is not None:
            session.outbox.put_nowait(json.dumps(payload))

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk to a bot until its socket closes."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json(
            {"op": HELLO, "t": None, "s": None, "d": {"heartbeat_interval": HEARTBEAT_MS}}
        )
        mine: Session | None = None
        writer: asyncio.Task[None] | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                said: dict[str, Any] = json.loads(message.data)
                if said["op"] == HEARTBEAT:
                    self.heartbeats += 1
                    await socket.send_json({"op": ACK, "t": None, "s": None, "d": None})
                elif said["op"] == IDENTIFY:
                    mine = self._identify(socket)
                    writer = asyncio.create_task(_write(mine, socket))
                elif said["op"] == RESUME:
                    if self.session is None or self.session.id != said["d"]["session_id"]:
                        await socket.send_json({"op": INVALID, "t": None, "s": None, "d": False})
                        continue
                    mine = self._resume(self.session, socket, int(said["d"]["seq"]))
                    writer = asyncio.create_task(_write(mine, socket))
        finally:
            if mine is not None and mine.socket is socket:
                mine.socket = None
                mine.outbox.put_nowait(None)
                self._world.touched()
            if writer is not None:
                writer.cancel()
                await asyncio.wait({writer})
        return socket

    def _identify(self, socket: web.WebSocketResponse) -> Session:
        self.session = session = Session(socket=socket)
        self.identified += 1
        self._dispatch(
            "READY",
            {
                "v": 10,
                "user": user_json(self._world.bot) | {"verified": True, "mfa_enabled": True},
                "guilds": [{"id": str(self._world.guild_id), "unavailable": True}],
                "session_id": session.id,
                "resume_gateway_url": self._url,
                "application": {"id": str(self._world.application_id), "flags": 0},
                "private_channels": [],
                "relationships": [],
            },
        )
        self._dispatch("GUILD_CREATE", guild_json(self._world) | self._threads())
        self._world.touched()
        return session

    def _threads(self) -> dict[str, Any]:
        threads = [one for one in self._world.channels.values() if one.kind == THREAD]
        return {"threads": [channel_json(self._world, one) for one in threads]}

    def _resume(self, session: Session, socket: web.WebSocketResponse, seen: int) -> Session:
        session.socket, session.outbox = socket, asyncio.Queue()
        self.resumed += 1
        for payload in session.sent[seen:]:
            session.outbox.put_nowait(json.dumps(payload))
        self._dispatch("RESUMED", {"_trace": []})
        self._world.touched()
        return session

    async def cut(self, *, forget: bool = False) -> None:
        """Close the socket without a word; `forget`: its session is gone too, with its events."""
        self.harmed += 1
        session, socket = self.session, self.session.socket if self.session else None
        if session is not None and forget:
            self.session = None
        if session is not None:
            session.socket = None
        if socket is not None:
            await socket.close(code=4000)


async def _write(session: Session, socket: web.WebSocketResponse) -> None:
    outbox = session.outbox
    while (text := await outbox.get()) is not None:
        if not socket.closed:
            await socket.send_str(text)
