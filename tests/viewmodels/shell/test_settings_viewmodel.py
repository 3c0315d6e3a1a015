"""A key is checked and the organization named before anything is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from studio.viewmodels.settings import SettingsViewModel


@pytest.fixture
def themes():
    return []


@pytest.fixture
def settings(world, themes):
    return SettingsViewModel(
        world.connection,
        world.scope,
        theme="system",
        data_folder="/data",
        remember_theme=themes.append,
    )


def _fill(settings, key="lp_live_0123456789abcdef_secret"):
    settings.choose_local(False)
    settings.set_url("https://api.layers.com/")
    settings.set_key(key)


async def test_a_good_key_shows_its_organization_and_may_then_be_kept(world, settings):
    _fill(settings)
    assert not settings.can_save
    settings.save()
    settings.check()
    await world.until(lambda: settings.account)
    assert settings.account_words == "Acme Growth · standard · 6,000 credits"
    saved = []
    settings.saved.connect(lambda: saved.append(1))
    settings.save()
    await world.until(lambda: saved)
    assert world.connection.used == [("https://api.layers.com", world.connection.good_key)]


async def test_a_wrong_key_is_refused_in_words(world, settings):
    _fill(settings, "lp_live_0000000000000000_wrong")
    settings.check()
    await world.until(lambda: settings.problem)
    assert settings.problem == "The server does not know this key."
    assert not settings.can_save
    assert world.connection.used == []


async def test_changing_key_or_address_makes_the_check_void(world, settings):
    _fill(settings)
    settings.check()
    await world.until(lambda: settings.can_save)
    settings.set_url("https://elsewhere.test")
    assert not settings.can_save
    assert settings.account is None


async def test_an_answer_for_an_older_key_is_dropped(world, settings):
    world.connection.gate = asyncio.Event()
    _fill(settings)
    settings.check()
    await world.settle()
    settings.set_key("lp_live_0000000000000000_other")
    world.connection.gate.set()
    await world.until(lambda: not settings.busy)
    assert settings.account is None
    assert not settings.can_save


@pytest.mark.parametrize("url", ["http://api.layers.com", "api.layers.com", "ftp://x.test"])
async def test_a_key_never_goes_to_an_unsafe_address(world, settings, url):
    _fill(settings)
    settings.set_url(url)
    settings.check()
    await world.settle()
    assert settings.url_problem
    assert settings.account is None


async def test_loopback_may_be_plain(world, settings):
    _fill(settings)
    settings.set_url("http://127.0.0.1:8000")
    settings.check()
    await world.until(lambda: settings.account)


async def test_a_switched_off_key_is_not_kept(world, settings):
    world.connection.account = replace(world.connection.account, blocked=True)
    _fill(settings)
    settings.check()
    await world.until(lambda: settings.problem)
    assert not settings.can_save


async def test_a_test_key_is_said_to_bill_and_a_missing_keyring_is_explained(world, settings):
    _fill(settings, "lp_test_0123456789abcdef_secret")
    assert "bills" in settings.key_note
    world.connection.keeps_keys = False
    assert "no safe keyring" in settings.key_note


async def test_back_to_the_bundled_server(world, settings):
    assert not settings.can_save
    world.connection.server_url = "https://api.layers.com"
    assert settings.can_save
    settings.save()
    await world.until(lambda: world.connection.server_url == "")


async def test_the_theme_is_shown_and_remembered_at_once(settings, themes):
    shown = []
    settings.theme_changed.connect(shown.append)
    settings.choose_theme("dark")
    settings.choose_theme("dark")
    settings.choose_theme("sepia")
    assert shown == themes == ["dark"]
