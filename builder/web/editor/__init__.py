"""The editor of a recipe: a module per part, `desk` what they all read."""

from django.urls import path

from builder.web.editor import (
    chooser,
    clipboard,
    commands,
    moving,
    pages,
    panel,
    picker,
    previewing,
    publishing,
    reading,
    secret,
    shadows,
    testing,
)

HOME = "w/<slug:slug>/recipes/<str:rid>/"

urlpatterns = [
    path(HOME, pages.page, name="recipe"),
    path(f"{HOME}draft/commands/", commands.commands, name="recipe-commands"),
    path(f"{HOME}draft/undo/", commands.undo, name="recipe-undo"),
    path(f"{HOME}draft/redo/", commands.redo, name="recipe-redo"),
    path(f"{HOME}draft/pulse/", commands.pulse, name="recipe-pulse"),
    path(f"{HOME}copied/", clipboard.copied, name="recipe-copied"),
    path(f"{HOME}steps/new/", chooser.choose, name="recipe-step-new"),
    path(f"{HOME}steps/trigger/records/", testing.records, name="recipe-records"),
    path(f"{HOME}steps/trigger/sample/", testing.sample, name="recipe-sample"),
    path(f"{HOME}steps/<str:sid>/", panel.step, name="recipe-step"),
    path(f"{HOME}steps/<str:sid>/fields/<str:name>/", panel.slot, name="recipe-slot"),
    path(f"{HOME}steps/<str:sid>/data/", picker.picker, name="recipe-data"),
    path(f"{HOME}steps/<str:sid>/move/", moving.move, name="recipe-step-move"),
    path(f"{HOME}steps/<str:sid>/test/", testing.test, name="recipe-test"),
    path(f"{HOME}secret/", secret.change, name="recipe-secret"),
    path(f"{HOME}text/", reading.reading, name="recipe-text"),
    path(f"{HOME}preview/", previewing.preview, name="recipe-preview"),
    path(f"{HOME}preview/records/", previewing.records, name="recipe-preview-records"),
    path(f"{HOME}preview/sample/", previewing.sample, name="recipe-preview-sample"),
    path(f"{HOME}shadow/", shadows.shadow, name="recipe-shadow"),
    path(f"{HOME}publish/", publishing.publish, name="recipe-publish"),
    path(f"{HOME}live/", publishing.live, name="recipe-live"),
    path(f"{HOME}versions/", publishing.versions, name="recipe-versions"),
    path(f"{HOME}versions/<int:number>/back/", publishing.roll_back, name="recipe-roll-back"),
]
