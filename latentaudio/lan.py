"""What others on the network may not ask for where they were let in with --lan, and not with --lan-full."""

from latentaudio.events import Act, Event, Order

GUARDED = ("record.stop", "model.unload", "model.list", "preset.list")  # and every order


def is_barred(event: Event) -> bool:
    """Whether someone elsewhere on the network asks for what --lan alone does not allow."""
    distant = event.origin.startswith("osc:") and not event.origin.startswith("osc:127.")
    return distant and (isinstance(event, Order) or (isinstance(event, Act) and event.name in GUARDED))
