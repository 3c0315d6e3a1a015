"""The form tells what is unsent from what stays on this computer."""

from __future__ import annotations

from studio.domain.dialect import Dialect
from studio.domain.draft import Draft, DraftField
from studio.domain.influencer import Influencer
from studio.domain.projection import project
from studio.viewmodels.form_values import FormValues


def _form(generation, **values):
    fields = {path.replace("__", "."): DraftField(value, None) for path, value in values.items()}
    person = Influencer("inf_1", "p", "Ada")
    shown = project(person, (), Draft("inf_1", "p", fields), dialect=Dialect(generation))
    form = FormValues()
    form.load(shown, {})
    return form, shown


def test_a_value_the_server_does_not_take_is_marked_and_not_counted():
    form, _ = _form("L", vibe="calm", language="en")
    assert [change.path for change in form.changes()] == ["language"]
    assert form.stays_here("vibe")
    assert not form.stays_here("language")
    assert form.mark("vibe").old is None


def test_it_is_told_while_typing_before_the_draft_is_read_again():
    form, _ = _form("L")
    form.put({"style": "workwear", "age_range": "25-34"})
    assert form.changes() == ()
    assert form.stays_here("style")
    assert form.stays_here("age_range")
    form.put({"age_range": "mature"})
    assert [change.path for change in form.changes()] == ["age_range"]


def test_another_server_changes_what_a_field_looks_like():
    form, shown = _form("L", vibe="calm")
    fields = {"vibe": DraftField("calm", None)}
    now = project(shown.confirmed, (), Draft("inf_1", "p", fields), dialect=Dialect("P1"))
    assert "vibe" in form.refresh(now, (), "")
    assert [change.path for change in form.changes()] == ["vibe"]
