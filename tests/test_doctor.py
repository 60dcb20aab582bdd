"""The doctor's looks: each says ok, or what to do, and none of them changes or sends anything."""

import shutil
import sqlite3
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import HTTPClient, Route

from bot import doctor
from bot.doctor import Case, examine
from bot.domain.round import Manner
from bot.domain.schedule import Plan
from bot.errors import OperatorError
from bot.store import Store
from bot.store.migrations import REVISIONS
from bot.store.queries import meta, schedules
from tests.support.contexts import place_database

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN = "aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbb." + "c" * 38
SERVER, CHANNEL, BOT, ROLE, APPLICATION = 1001, 2001, 9001, 5001, 7001
BANK = Path(__file__).parent.parent / "questions" / "fine-tuning.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # One bank of those that ship: all of them take half a second at every look.
    (tmp_path / "banks").mkdir()
    shutil.copy(BANK, tmp_path / "banks")
    banks = tmp_path / "banks"
    text = f"[banks]\nfolder = '{banks}'\n[database]\nurl = 'sqlite+aiosqlite:///tutor.db'"
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return tmp_path


def case(folder: Path, *, token: str = "", **given: Any) -> Case:
    environ = {"TUTOR_CONFIG": str(folder / "config.toml"), "DISCORD_TOKEN": token}
    parts: dict[str, Any] = {"clock": lambda: NOW, "load": lambda _: SimpleNamespace(name="model")}
    return Case(environ=environ, **(parts | given))


async def looks(case: Case) -> dict[str, list[str]]:
    """Every outcome by the look's name, `ok: ` before those that are."""
    found: dict[str, list[str]] = {}
    async for name, outcome in examine(case):
        found.setdefault(name, []).append(f"{'ok: ' if outcome.ok else ''}{outcome.text}")
    return found


async def fill(folder: Path, *plans: dict[str, Any], seen: datetime | None = None) -> Path:
    """Make the database, with these schedules and the time that it saw last."""
    file = folder / "tutor.db"
    place_database(folder)
    store = await Store.open(f"sqlite+aiosqlite:///{file}")
    for number, changes in enumerate(plans):
        values: dict[str, Any] = {
            "name": f"daily {number}",
            "channel_id": CHANNEL,
            "cron": "0 9 * * *",
            "zone": "Etc/UTC",
            "open_minutes": 60,
            "manner": Manner.CONCEALED,
            "catch_up_minutes": 60,
        }
        plan = Plan(**(values | changes))
        made = {"server_id": SERVER, "created_by": 1, "now": NOW, "default_zone": "Etc/UTC"}
        await store.write(schedules.create, plan=plan, **made)
    if seen:
        await store.write(meta.note_time, now=seen)
    await store.close()
    return file


async def test_a_fresh_machine_is_well_but_for_the_token(folder: Path) -> None:
    found = await looks(case(folder))
    assert list(found) == ["configuration", "token", "database", "model", "banks", "clock"]
    (token,) = found.pop("token")
    assert token.startswith("DISCORD_TOKEN is not set: `tutor run` needs it")
    assert all(line.startswith("ok: ") for lines in found.values() for line in lines)
    assert found["database"] == [f"ok: {folder}/tutor.db will be made when the bot starts"]
    assert not (folder / "tutor.db").exists()


async def test_mistakes_of_configuration_are_listed_and_the_rest_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "config.toml").write_text("[log]\nlevel = 'LOUD'\n[rounds]\nopen_minutes = 0\n")
    found = await looks(case(folder, token="nonsense"))
    assert [line.split(": ")[0] for line in found["configuration"]] == [
        f"{folder}/config.toml:4",
        f"{folder}/config.toml:2",
    ]
    assert found["token"][0].startswith("DISCORD_TOKEN is not a bot's token")
    assert found["model"] == ["ok: model loads"]


# --- The database


async def test_a_whole_database_is_ok_and_unchanged(folder: Path) -> None:
    file = await fill(folder, {})
    before = file.read_bytes()
    told = f"ok: {file} is whole, at version {REVISIONS[-1]}"
    assert (await looks(case(folder)))["database"] == [told]
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("version", "advice"),
    [("0000", "Run: tutor db upgrade"), ("9999", "Install the newer program that it is from.")],
)
async def test_a_database_of_another_version(folder: Path, version: str, advice: str) -> None:
    file = await fill(folder)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
    (line,) = (await looks(case(folder)))["database"]
    assert line.startswith(f"{file} has version {version}, this program has ")
    assert line.endswith(advice)


async def test_a_damaged_database(folder: Path) -> None:
    file = await fill(folder, {})
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute(
        "INSERT INTO answers (server_id, round_id, user_id, option, answered_at)"
        " VALUES (1, 77, 1, 0, 0)"
    )
    connection.commit()
    connection.close()
    (line,) = (await looks(case(folder)))["database"]
    assert line.startswith(f"{file} is damaged (1 rows refer to rows that are not there). Stop")


async def test_a_file_that_is_no_database(folder: Path) -> None:
    (folder / "tutor.db").write_text("a shopping list, and not a short one" * 100)
    (line,) = (await looks(case(folder)))["database"]
    assert "is no SQLite database" in line


async def test_a_file_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = await fill(folder)
    monkeypatch.setattr(doctor.os, "access", lambda path, _: path != file)
    (line,) = (await looks(case(folder)))["database"]
    assert line == f"{file} cannot be written. Let the user that runs the bot write to it."


async def test_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=12_000_000)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    (line,) = (await looks(case(folder)))["database"]
    assert line.startswith(f"Only 12 MB are free where {folder}/tutor.db lies. Free some space")


# --- Model, banks, clock, and bugs


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object) -> Any:
        raise error

    return fail


async def test_a_missing_model_says_its_own_advice(folder: Path) -> None:
    load = raising(OperatorError("The grader's weights are not installed. Run `make setup`."))
    assert (await looks(case(folder, load=load)))["model"] == [
        "The grader's weights are not installed. Run `make setup`."
    ]


async def test_a_broken_install_of_the_model(folder: Path) -> None:
    load = raising(ImportError("libtorch.so: cannot open"))
    (line,) = (await looks(case(folder, load=load)))["model"]
    assert line.startswith("The model cannot be loaded (ImportError: libtorch.so: cannot open).")


async def test_banks_with_findings(folder: Path) -> None:
    (folder / "config.toml").write_text("[banks]\nfolder = 'none'")
    (line,) = (await looks(case(folder)))["banks"]
    assert line.startswith(f"1 findings, the first: {folder}/none:1: there is no such folder")
    assert line.endswith("Run: tutor check")


async def test_a_clock_that_was_set_back(folder: Path) -> None:
    await fill(folder, seen=datetime(2026, 11, 25, 8, 30, tzinfo=UTC))
    (line,) = (await looks(case(folder)))["clock"]
    assert line == (
        "This machine says 2026-11-23 12:00 UTC, but the database has seen 2026-11-25 08:30 UTC."
        " Set the clock, or let NTP do it."
    )


async def test_a_clock_that_was_corrected_by_a_little(folder: Path) -> None:
    await fill(folder, seen=datetime(2026, 11, 23, 12, 1, tzinfo=UTC))
    (line,) = (await looks(case(folder)))["clock"]
    assert line == "ok: 2026-11-23 12:00 UTC; time zones are there"


async def test_missing_time_zones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = raising(zoneinfo.ZoneInfoNotFoundError("Europe/Berlin"))
    monkeypatch.setattr(doctor, "ZoneInfo", gone)
    (line,) = (await looks(case(folder)))["clock"]
    assert line == "Python finds no time zones. Install them: pip install tzdata"


async def test_a_bug_in_one_look_leaves_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "check_folder", raising(KeyError("k")))
    found = await looks(case(folder))
    assert found["banks"][0].startswith("could not be looked at: error ")
    assert found["clock"][0].startswith("ok: ")


# --- Discord


class FakeHTTP(HTTPClient):
    """Answers from a table; an exception in it is raised. It takes no other method than GET."""

    answers: dict[str, Any]

    async def request(self, route: Route, **_: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        assert route.method == "GET"
        path = route.url.removeprefix(Route.BASE).partition("?")[0]
        answer = self.answers[path]
        if isinstance(answer, BaseException):
            raise answer
        return answer


def refusal(kind: type[discord.HTTPException], status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="no")
    return kind(response, {"code": code, "message": "no"})


PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
    manage_messages=True,
)


def a_role(role_id: int, name: str, permissions: int, *, mentionable: bool = False) -> Any:
    return {
        "id": str(role_id),
        "name": name,
        "permissions": str(permissions),
        "mentionable": mentionable,
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "flags": 0,
    }


def an_overwrite(target: int, kind: int, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    return {"id": str(target), "type": kind, "allow": str(allow), "deny": str(deny)}


def world(**changes: Any) -> dict[str, Any]:
    """A server where the bot's role grants all that a round needs."""
    user = {"id": str(BOT), "username": "Tutor", "discriminator": "0", "avatar": None, "bot": True}
    server = {
        "id": str(SERVER),
        "name": "School",
        "owner_id": "1",
        "roles": [a_role(SERVER, "@everyone", 0), a_role(ROLE, "Tutor", PERMISSIONS.value)],
        "emojis": [],
        "features": [],
    }
    return {
        "/users/@me": user,
        "/oauth2/applications/@me": {
            "id": str(APPLICATION),
            "name": "Tutor",
            "description": "",
            "icon": None,
            "rpc_origins": [],
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "",
            "flags": 0,
            "team": None,
            "owner": user,
        },
        "/users/@me/guilds": [server],
        f"/guilds/{SERVER}": server,
        f"/guilds/{SERVER}/members/{BOT}": {
            "user": user,
            "roles": [str(ROLE)],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "flags": 0,
        },
        f"/channels/{CHANNEL}": a_channel(),
    } | changes


def a_channel(*overwrites: dict[str, Any], kind: int = 0) -> dict[str, Any]:
    return {
        "id": str(CHANNEL),
        "type": kind,
        "guild_id": str(SERVER),
        "name": "daily-quiz",
        "position": 0,
        "permission_overwrites": list(overwrites),
    }


async def look_at_discord(folder: Path, answers: dict[str, Any], *plans: dict[str, Any]) -> Any:
    def client() -> discord.Client:
        made = discord.Client(intents=discord.Intents.none())
        made.http.__class__ = FakeHTTP
        made.http.answers = answers  # pyright: ignore[reportAttributeAccessIssue]
        return made

    await fill(folder, *plans)
    return (await looks(case(folder, token=TOKEN, client=client)))["discord"]


LOGGED_IN = "ok: logged in as Tutor, in 1 server"
HERE = "School, #daily-quiz, schedule daily 0"


async def test_a_channel_with_every_permission(folder: Path) -> None:
    assert await look_at_discord(folder, world(), {}) == [LOGGED_IN, f"ok: {HERE}"]


async def test_no_schedule_yet(folder: Path) -> None:
    assert await look_at_discord(folder, world()) == [
        LOGGED_IN,
        "ok: no schedule runs, so there is no channel to look at",
    ]


async def test_permissions_that_an_overwrite_takes_away_are_named(folder: Path) -> None:
    denied = discord.Permissions(manage_messages=True, add_reactions=True).value
    for target, kind in ((SERVER, 0), (ROLE, 0), (BOT, 1)):
        channel = a_channel(an_overwrite(target, kind, deny=denied))
        answers = world(**{f"/channels/{CHANNEL}": channel})
        assert (await look_at_discord(folder, answers, {}))[1] == (
            f"{HERE}: the bot lacks Add Reactions, Manage Messages."
            " Allow it in the channel's settings, under Permissions."
        )
        (folder / "tutor.db").unlink()


async def test_a_member_s_overwrite_wins_over_a_role_s(folder: Path) -> None:
    bit = discord.Permissions(attach_files=True).value
    channel = a_channel(an_overwrite(ROLE, 0, deny=bit), an_overwrite(BOT, 1, allow=bit))
    answers = world(**{f"/channels/{CHANNEL}": channel})
    assert (await look_at_discord(folder, answers, {}))[1] == f"ok: {HERE}"


async def test_a_schedule_with_a_thread_needs_more(folder: Path) -> None:
    (_, line) = await look_at_discord(folder, world(), {"thread": True})
    assert "lacks Create Public Threads, Send Messages In Threads." in line


async def test_an_administrator_lacks_nothing(folder: Path) -> None:
    answers = world()
    answers[f"/guilds/{SERVER}"]["roles"][1]["permissions"] = "8"
    found = await look_at_discord(folder, answers, {"thread": True})
    assert found[1] == f"ok: {HERE}"


async def test_a_timeout_is_named_as_the_reason(folder: Path) -> None:
    answers = world()
    member = answers[f"/guilds/{SERVER}/members/{BOT}"]
    member["communication_disabled_until"] = "2999-01-01T00:00:00+00:00"
    (_, line) = await look_at_discord(folder, answers, {})
    assert "(its timeout in this server takes them away)" in line


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal(discord.NotFound, 404, 10003), "its channel is gone. In Discord: /schedule edit"),
        (refusal(discord.Forbidden, 403, 50001), "the bot may not see channel 2001."),
        (a_channel(kind=2) | {"bitrate": 1, "user_limit": 0}, "is not a text channel."),
    ],
)
async def test_a_channel_that_cannot_be_used(folder: Path, answer: Any, expected: str) -> None:
    answers = world(**{f"/channels/{CHANNEL}": answer})
    (_, line) = await look_at_discord(folder, answers, {})
    assert expected in line
    assert "schedule daily 0" in line


async def test_a_role_that_cannot_be_pinged(folder: Path) -> None:
    answers = world()
    answers[f"/guilds/{SERVER}"]["roles"].append(a_role(5002, "learners", 0))
    found = await look_at_discord(folder, answers, {"role_id": 5002}, {"role_id": 5003})
    assert "the bot may not mention @learners. In the role's settings" in found[1]
    assert found[2].endswith("the role that it pings is gone. In Discord: /schedule edit")
    answers[f"/guilds/{SERVER}"]["roles"][2]["mentionable"] = True
    (folder / "tutor.db").unlink()
    assert (await look_at_discord(folder, answers, {"role_id": 5002}))[1] == f"ok: {HERE}"


async def test_a_server_that_the_bot_left(folder: Path) -> None:
    answers = world(**{f"/guilds/{SERVER}": refusal(discord.NotFound, 404, 10004)})
    (_, line) = await look_at_discord(folder, answers, {}, {})
    assert line.startswith(
        "the bot is not in server 1001 any more (daily 0, daily 1). Invite it: https://discord.com"
    )


async def test_a_bot_that_nobody_invited(folder: Path) -> None:
    (line,) = await look_at_discord(folder, world(**{"/users/@me/guilds": []}))
    assert line.startswith("Tutor is in no server yet. Invite it: https://discord.com/oauth2/")
    assert f"client_id={APPLICATION}" in line


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal(discord.HTTPException, 401, 0), "Discord refuses the token in DISCORD_TOKEN"),
        (refusal(discord.HTTPException, 429, 0), "(HTTP 429). After many failed starts it blocks"),
        (refusal(discord.DiscordServerError, 503, 0), "Discord itself is in trouble"),
        (aiohttp.ClientConnectionError("no route to host"), "cannot be reached (no route to host)"),
        (TimeoutError(), "cannot be reached (TimeoutError)"),
    ],
)
async def test_what_discord_refuses_is_told(
    folder: Path, error: BaseException, expected: str
) -> None:
    (line,) = await look_at_discord(folder, world(**{"/users/@me": error}))
    assert expected in line
    assert TOKEN not in line
