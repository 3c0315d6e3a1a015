"""Jobs, uploads, projects and small facts survive a restart as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from studio.core.errors import FixInput
from studio.domain.account import Account
from studio.domain.job import Job
from studio.domain.project import Project
from studio.domain.roster import RosterQuery
from studio.domain.upload import Upload
from studio.store import drafts, jobs, meta, outbox, personas, projects, roster, uploads


def job(number, **values):
    return Job(f"job_{number}", "influencer_clone", "p", f"inf_{number}", **values)


def test_a_job_comes_back_as_it_was(store):
    whole = job(
        1,
        status="running",
        stage="render_references",
        progress=0.62,
        is_clone=True,
        source_id="inf_0",
        started_at=store.clock.now(),
        finished_at=store.clock.now(),
        error_code="E",
        error_message="words",
        request_id="req",
        etag='W/"7"',
        cancel="asked",
    )
    store.do(jobs.put, whole)
    store.reopen()
    assert store.ask(jobs.get, "job_1") == whole
    assert store.ask(jobs.get, "job_404") is None


def test_jobs_are_listed_running_first_then_ended_within_a_day(store):
    now = store.clock.now()
    store.do(jobs.put, job(1, started_at=now - timedelta(hours=2)))
    store.do(jobs.put, job(2, started_at=now - timedelta(hours=1)))
    store.do(jobs.put, job(3, status="completed", finished_at=now - timedelta(hours=3)))
    store.do(jobs.put, job(4, status="failed", finished_at=now - timedelta(hours=1)))
    store.do(jobs.put, job(5, status="canceled", finished_at=now - timedelta(days=2)))
    store.do(jobs.put, replace(job(6), status="reticulating", project_id="other"))

    def listed(project=""):
        return [one.id for one in store.ask(jobs.listed, project, now)]

    assert listed("p") == ["job_1", "job_2", "job_4", "job_3"]
    assert "job_6" in listed()
    assert {one.id for one in store.ask(jobs.running)} == {"job_1", "job_2", "job_6"}
    store.do(jobs.dismiss, "job_4")
    store.do(jobs.dismiss, "job_1")
    assert listed("p") == ["job_1", "job_2", "job_3"]


def test_a_cancel_is_remembered(store):
    store.do(jobs.put, job(1))
    store.do(jobs.set_cancel, "job_1", "refused")
    assert store.ask(jobs.get, "job_1").cancel == "refused"
    assert [one.id for one in store.ask(jobs.of_influencer, "inf_1")] == ["job_1"]


def image(number, **values):
    defaults = {"state": "waiting", "path": f"/intake/{number}.jpg", "size": 1000}
    return Upload(f"up_{number}", "p", "inf_1", f"photo {number}.jpg", **{**defaults, **values})


def test_an_upload_goes_through_its_steps(store):
    whole = image(
        1, mime_type="image/jpeg", sha256="ab", created_at=store.clock.now(), state="preparing"
    )
    store.do(uploads.put, whole)
    assert store.ask(uploads.get, "up_1") == whole
    store.do(uploads.put, replace(whole, state="waiting"))
    store.do(uploads.set_step, "up_1", "uploading", "upl_9")
    store.do(uploads.set_sent, "up_1", 400)
    store.reopen()
    now = store.ask(uploads.get, "up_1")
    assert (now.state, now.upload_id, now.sent) == ("uploading", "upl_9", 400)
    store.do(uploads.set_asset, "up_1", "med_1")
    assert store.ask(uploads.get, "up_1").sent == 1000
    store.do(uploads.bound, ["med_1"])
    assert store.ask(uploads.of_influencer, "inf_1") == ()


def test_uploads_are_listed_oldest_first_and_only_some_go_on(store):
    states = ("waiting", "refused", "finalizing", "not_found", "binding", "bound")
    for number, state in enumerate(states):
        store.do(uploads.put, image(number, state=state, asset_id=f"med_{number}"))
    listed = [one.id for one in store.ask(uploads.of_influencer, "inf_1")]
    assert listed == ["up_0", "up_1", "up_2", "up_3", "up_4"]
    assert [one.id for one in store.ask(uploads.unfinished)] == ["up_0", "up_2", "up_4"]


def test_a_dropped_asset_and_a_retry(store):
    store.do(uploads.put, image(1, state="binding", asset_id="med_1"))
    store.do(uploads.put, image(2))
    store.do(uploads.not_found, ["med_1"])
    dropped = store.ask(uploads.get, "up_1")
    assert dropped.state == "not_found"
    assert dropped.problem
    store.do(uploads.replace, "up_1", image(9))
    assert [one.id for one in store.ask(uploads.of_influencer, "inf_1")] == ["up_9", "up_2"]
    store.do(uploads.set_state, "up_9", "refused", "Too large.")
    assert store.ask(uploads.get, "up_9").problem == "Too large."
    store.do(uploads.delete, "up_9")
    assert store.ask(uploads.get, "up_9") is None


def test_projects_are_listed_newest_first_and_keep_what_is_not_edited(store):
    now = store.clock.now()
    acme = Project(
        "a", "Acme", "active", "Europe/Berlin", "de", "acme-1", now, now, {"brandContext": None}
    )
    beta = Project("b", "Beta", created_at=now + timedelta(days=1))
    old = Project("c", "Old", "archived", created_at=now)
    assert store.do(projects.replace_all, [acme, beta, old])
    assert not store.do(projects.replace_all, [acme, beta, old])
    assert store.ask(projects.every) == (beta, acme)
    assert store.ask(projects.get, "a") == acme
    assert store.ask(meta.project_ids) == ("b", "a")
    assert store.do(projects.replace_all, [acme])
    assert [row.project.id for row in store.ask(projects.rows)] == ["a"]
    assert store.do(projects.replace_all, [acme, beta])
    assert [row.project.id for row in store.ask(projects.rows)] == ["b", "a"]


def test_the_account_and_last_contact_are_there_at_the_next_start(store):
    assert store.ask(meta.account) is None
    assert store.ask(meta.last_contact) is None
    account = Account("org_1", "Acme", "ws", "pilot", "key", ("read", "write"), 1842)
    store.do(meta.put_account, account)
    at = store.clock.now()
    store.do(meta.put_last_contact, at)
    store.reopen()
    assert store.ask(meta.account) == account
    assert store.ask(meta.last_contact) == at


def test_the_status_bars_counts(store):
    store.know(store.person(1), store.person(2), store.person(3))
    store.do(drafts.set_fields, "inf_001", {"vibe": "calm"})
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    for number in (2, 3):
        store.do(drafts.set_fields, f"inf_00{number}", {"vibe": "calm"})
        store.do(outbox.publish, f"inf_00{number}", f"M{number}")
    store.do(outbox.block, "M3", FixInput("No."))
    counts = store.ask(meta.counts)
    assert (counts.waiting, counts.blocked, counts.drafts) == (2, 1, 2)
    listed = store.ask(roster.size, RosterQuery(store.project, view="drafts"))
    assert listed == counts.drafts
    store.do(personas.mark_deleted, "inf_001")
    assert store.ask(meta.counts).drafts == 1
