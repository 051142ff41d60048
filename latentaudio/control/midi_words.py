"""MIDI messages in words, for `monitor`: what came, and why it is bound to nothing. The MIDI thread's."""

from mido.messages import Message

from latentaudio.control.mapping import Mapping


def why_unbound(mapping: Mapping, message: Message) -> str:
    """Why a message does nothing: another channel, or no binding."""
    if mapping.channel is not None and mapping.channel != message.channel:
        return f"nothing: channel {message.channel + 1}, and the mapping listens to {mapping.channel + 1}"
    return "nothing: " + ("no pad or button of the mapping" if "note" in message.dict() else "not in the mapping")


def shown(data: list[int]) -> str:
    """A message as `monitor` shows it, channels from 1; bytes where it is no MIDI."""
    try:
        message = Message.from_bytes(data)
    except (ValueError, IndexError):
        return bytes(data).hex(" ")
    words = [f"{key} {value}" for key, value in message.dict().items() if key not in ("type", "time", "channel")]
    if hasattr(message, "channel"):
        words.append(f"channel {message.channel + 1}")
    return " ".join([message.type, *words])
