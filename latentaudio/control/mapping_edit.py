"""Puts a binding into the text of a mapping, and leaves every other character where it was. Pure; any thread.

ruamel.yaml, which is made for this, was tried and loses comments: of our own files, two lost a heading each (a
comment before an item that has one of its own; 0.17, 0.18 and 0.19).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from latentaudio.control.midi_control import NUMBERS

CONTROLS = ("address", *NUMBERS)  # the key of a binding that says which control

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Edit:
    """A mapping's text with a binding in it."""

    text: str
    replaced: tuple[str, ...]  # what the control was bound to before


def with_binding(text: str, section: str, binding: Table) -> Edit:
    """A mapping's `text`, sound YAML, with `binding` in the bindings of its `section` (midi or osc).

    It takes the place of older ones of the same control, or stands behind the last one.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    part = _value(root, section)
    bindings = _value(part, "bindings")
    items = bindings.value if isinstance(bindings, yaml.SequenceNode) else [bindings] if bindings is not None else []
    same = [item for item in items if _is_same(_plain(item), binding)]
    if same:
        for item in reversed(same[1:]):
            text = _without(text, item, bindings)
        old, new = _span(same[0]), _shown(binding) + ("" if bindings.flow_style else _comments(text, same[0]))
        return Edit(text[: old[0]] + new + text[old[1] :], tuple(_target(_plain(item)) for item in same))
    if isinstance(bindings, yaml.SequenceNode):
        return Edit(_appended(text, bindings, _shown(binding)), ())
    if isinstance(bindings, yaml.MappingNode):  # a single one that is no list
        start, end = _span(bindings)
        return Edit(f"{text[:start]}[{text[start:end]}, {_shown(binding)}]{text[end:]}", ())
    if isinstance(part, yaml.MappingNode):
        return Edit(_with_key(text, part, "bindings", f"[{_shown(binding)}]", f"- {_shown(binding)}"), ())
    value = f"{{bindings: [{_shown(binding)}]}}"
    if isinstance(root, yaml.MappingNode) and root.value:
        return Edit(_with_key(text, root, section, value, f"bindings:\n- {_shown(binding)}"), ())
    return Edit(f"{text.rstrip()}\n{section}:\n  bindings:\n    - {_shown(binding)}\n".lstrip("\n"), ())


def _value(node: Any, key: str) -> Any:
    """What stands under a key; None where nothing does."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _plain(node: Any) -> dict[Any, Any]:
    return SafeConstructor().construct_mapping(node, deep=True)


def _is_same(old: Table, new: Table) -> bool:
    """Whether two bindings are of one control: channels that are not said are all."""
    key = next(key for key in CONTROLS if key in new)
    one, other = (each.get("channel", "all") for each in (old, new))
    return old.get(key) == new[key] and (one == other or "all" in (one, other))


def _target(binding: Table) -> str:
    to = binding["to"]
    return " and ".join(map(str, to)) if isinstance(to, list) else str(to)


def _shown(binding: Table) -> str:
    """In one line, as people write it: `{cc: 1, to: map.x, toggle: true}`."""
    words = (f"{key}: {str(value).lower() if isinstance(value, bool) else value}" for key, value in binding.items())
    return "{" + ", ".join(words) + "}"


def _span(node: Any) -> tuple[int, int]:
    """Where a node's text begins and ends; a block's own end would be behind comments that follow it."""
    last = node
    while not isinstance(last, yaml.ScalarNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    return node.start_mark.index, last.end_mark.index


def _line(text: str, index: int) -> tuple[int, int]:
    """Where the line of `index` begins and ends, without its break."""
    end = text.find("\n", index)
    return text.rfind("\n", 0, index) + 1, len(text) if end < 0 else end


def _comments(text: str, node: Any) -> str:
    """The comments between the keys of a binding in several lines: behind its one line they are kept."""
    ends = [_span(value)[1] for _, value in node.value[:-1]]
    between = [text[end : key.start_mark.index] for end, (key, _) in zip(ends, node.value[1:], strict=True)]
    lines = (line.strip(" ,") for part in between for line in part.splitlines())
    return "".join(f"  {line}" for line in lines if line.startswith("#"))


def _without(text: str, item: Any, bindings: Any) -> str:
    start, end = _span(item)
    if bindings.flow_style:  # never the first of a list, so a comma stands before it
        return text[: text.rindex(",", 0, start)] + text[end:]
    return text[: _line(text, start)[0]] + text[_line(text, end)[1] + 1 :]


def _appended(text: str, bindings: Any, shown: str) -> str:
    if bindings.flow_style:
        close = bindings.end_mark.index - 1
        return text[:close].rstrip().removesuffix(",") + (", " if bindings.value else "") + shown + text[close:]
    start, end = _span(bindings.value[-1])
    dash = text.rindex("-", 0, start)
    indent, behind = " " * (dash - _line(text, dash)[0]), _line(text, end)[1]
    return f"{text[:behind]}\n{indent}- {shown}{text[behind:]}"


def _with_key(text: str, table: Any, key: str, flow: str, block: str) -> str:
    """`table` with one more key at its end; `block` is what stands in the lines under the key."""
    if table.flow_style or not table.value:
        close = table.end_mark.index - 1
        return text[:close].rstrip().removesuffix(",") + (", " if table.value else "") + f"{key}: {flow}" + text[close:]
    behind = _line(text, _span(table)[1])[1]
    indent = " " * table.start_mark.column
    lines = [f"{indent}{key}:", *_indented(block, indent)]
    return text[:behind].rstrip("\n") + "\n" + "\n".join(lines) + (text[behind:] or "\n")


def _indented(block: str, indent: str) -> list[str]:
    lines = block.splitlines()
    return [f"{indent}{'  ' * depth}{line}" for depth, line in enumerate(lines, 1)]
