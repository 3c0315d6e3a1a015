"""The side bar's view model: projects, views, counts and words about the server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core.errors import TryLater
from studio.domain.events import Notice
from studio.domain.project import Project
from studio.viewmodels.workspace import WorkspaceViewModel


@pytest.fixture
def workspace(world):
    model = WorkspaceViewModel(world.personas, world.sync, world.hub, world.scope)
    yield model
    model.close()


async def test_the_first_project_is_on_screen_when_none_is_remembered(world, workspace):
    workspace.start()
    await world.until(lambda: workspace.project is not None)
    assert workspace.project.project.name == "Acme Coffee iOS"
    await world.until(lambda: world.personas.used_project == "p1")


async def test_a_remembered_project_comes_back(world):
    model = WorkspaceViewModel(
        world.personas, world.sync, world.hub, world.scope, remembered_project="p2"
    )
    seen = []
    model.project_changed.connect(seen.append)
    model.start()
    await world.until(lambda: seen)
    assert seen == ["p2"]
    model.close()


async def test_a_remembered_project_that_is_gone_gives_way_to_the_first(world):
    model = WorkspaceViewModel(
        world.personas, world.sync, world.hub, world.scope, remembered_project="gone"
    )
    model.start()
    await world.until(lambda: model.project is not None)
    assert model.project_id == "p1"
    model.close()


async def test_counts_follow_what_happens_to_influencers(world, workspace, shell):
    workspace.start()
    await world.until(lambda: workspace.views[1].count == 1)
    world.personas.put(replace(shell.nova(), id="inf_ava", name="Ava"))
    await world.until(lambda: workspace.views[0].count == 2)
    assert workspace.views[1].count == 2
    await world.until(lambda: workspace.projects[0].influencers == 2)


async def test_choosing_a_project_tells_and_counts_anew(world, workspace):
    workspace.start()
    await world.until(lambda: workspace.views[0].count == 1)
    seen = []
    workspace.project_changed.connect(seen.append)
    workspace.choose_project_at(1)
    assert seen == ["p2"]
    assert workspace.views[0].count is None
    await world.until(lambda: workspace.views[0].count == 0)
    workspace.choose_project_at(8)
    workspace.choose_project("nonsense")
    assert seen == ["p2"]


async def test_a_new_project_appears_without_moving_the_screen(world, workspace):
    workspace.start()
    await world.until(lambda: workspace.project is not None)
    world.personas.add_project(Project("p4", "Dune"))
    await world.until(lambda: len(workspace.projects) == 4)
    assert workspace.project_id == "p1"


async def test_an_unknown_view_changes_nothing(workspace):
    seen = []
    workspace.view_changed.connect(seen.append)
    workspace.choose_view("ready")
    workspace.choose_view("nonsense")
    assert seen == ["ready"]
    assert workspace.view == "ready"


async def test_words_about_the_server_follow_the_contact(world, workspace):
    workspace.start()
    await world.until(lambda: workspace.project is not None)
    assert workspace.server_words == "api.layers.com · online"
    assert workspace.title == "Acme Growth · Acme Coffee iOS"
    seen = []
    workspace.organization_changed.connect(lambda: seen.append(workspace.server_words))
    world.sync.become(contact="offline")
    assert seen == ["api.layers.com · offline"]
    world.sync.become(contact="connecting", organization="")
    assert workspace.organization == "api.layers.com"


async def test_a_store_that_cannot_answer_is_told_and_not_raised(world, workspace):
    told = []
    world.hub.subscribe(Notice, told.append)

    async def refuse():
        raise TryLater("The workspace is busy.")

    world.personas.projects = refuse
    workspace.start()
    await world.until(lambda: told)
    assert told[0].sentence == "The workspace is busy."
    assert told[0].is_problem
