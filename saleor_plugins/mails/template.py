"""Templates of mails: Django's language without loaders, libraries and filters.

What a merchant writes is checked before it is stored: only documented variables, no loop in a loop, and what
the law or the shopper needs must stand in it. It is text: the HTML part is made from it (layout.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Lexer, Node, TextNode, TokenType, VariableNode
from django.template.defaulttags import ForNode, IfNode

from saleor_plugins.kernel.errors import Invalid, Invalids, Required

from .kinds import FIELDS, Kind

MAX_SUBJECT = 200
MAX_TEXT = 10_000
# Of tags in tags, and of a tag's characters: nothing that is read or run recurses far.
MAX_DEPTH = 5
MAX_TAG = 200
_DEEPER = {"if": 1, "for": 1, "endif": -1, "endfor": -1}
_LOOP = ("counter", "first", "last")


class _Engine(Engine):
    """Django's engine always adds its own tags and filters; this one has ours instead."""

    default_builtins = ["saleor_plugins.mails.tags"]


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return _Engine(dirs=[], app_dirs=False, loaders=[], libraries={}, string_if_invalid="")


@lru_cache(maxsize=256)
def parsed(source: str) -> Template:
    """The template. Raises TemplateSyntaxError."""
    return _engine().from_string(source)


def render(source: str, values: Mapping[str, Any]) -> str:
    """The template's text: nothing is escaped, as it is no HTML."""
    return str(parsed(source).render(Context(dict(values), autoescape=False, use_l10n=False)))


def check(kind: Kind, subject: str, text: str) -> None:
    """Raises Invalids naming ``subject`` and ``text``: syntax, unknown variables, missing ones, length."""
    errors: list[Invalid] = []
    for field, source, most in (("subject", subject, MAX_SUBJECT), ("text", text, MAX_TEXT)):
        try:
            _check_field(kind, field, source, most)
        except Invalid as error:
            errors.append(Invalid(error.message, field=field, code=error.code))
    if errors:
        raise Invalids(errors)


def _check_field(kind: Kind, field: str, source: str, most: int) -> None:
    if not source.strip():
        raise Required("Must not be empty.")
    if len(source) > most:
        raise Invalid(f"Must have at most {most} characters.")
    if field == "subject" and "\n" in source.strip():
        raise Invalid("Must be one line.")
    _check_shape(source)
    try:
        nodes = parsed(source).nodelist
    except TemplateSyntaxError as error:
        raise Invalid(f"{error}"[:300], code="SYNTAX") from None
    _check_nodes(kind, nodes, {})
    if field == "text":
        _check_required(kind, nodes)


def _check_shape(source: str) -> None:
    depth = 0
    tags = [token.contents for token in Lexer(source).tokenize() if token.token_type is TokenType.BLOCK]
    for tag in tags:
        depth += _DEEPER.get(tag.partition(" ")[0], 0)
        if depth > MAX_DEPTH:
            raise Invalid(f"At most {MAX_DEPTH} tags in one another.", code="SYNTAX")
        if len(tag) > MAX_TAG:
            raise Invalid(f"A tag has at most {MAX_TAG} characters.", code="SYNTAX")


def _check_required(kind: Kind, nodes: Sequence[Node]) -> None:
    shown = {str(node.filter_expression.var) for node in nodes if isinstance(node, VariableNode)}
    missing = [each.name for each in kind.variables if each.required and each.name not in shown]
    if missing:
        words = ", ".join(f"{{{{ {name} }}}}" for name in missing)
        raise Required(f"Must say, outside of any condition: {words}.")


def _check_nodes(kind: Kind, nodes: Sequence[Node], loop: Mapping[str, tuple[str, ...]]) -> None:
    """`loop` has the fields of the names that the loop around `nodes` defines."""
    for node in nodes:
        if isinstance(node, VariableNode):
            _check_name(kind, node.filter_expression, loop)
        elif isinstance(node, IfNode):
            for condition, inner in node.conditions_nodelists:
                for expression in _expressions(condition):
                    _check_name(kind, expression, loop, lists=True)
                _check_nodes(kind, inner, loop)
        elif isinstance(node, ForNode):
            _check_nodes(kind, node.nodelist_loop, _loop(kind, node, loop))
            _check_nodes(kind, node.nodelist_empty, loop)
        elif not isinstance(node, TextNode):
            raise Invalid("Only variables, if and for.", code="SYNTAX")


def _loop(kind: Kind, node: ForNode, loop: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    variable = kind.variable(str(node.sequence.var))
    if loop or len(node.loopvars) != 1 or variable is None or variable.form not in FIELDS:
        lists = ", ".join(each.name for each in kind.variables if each.form in FIELDS) or "none here"
        raise Invalid(f"for goes once over one of the lists ({lists}), and in no other for.", code="SYNTAX")
    return {node.loopvars[0]: FIELDS[variable.form], "forloop": _LOOP}


def _expressions(condition: Any) -> Iterator[FilterExpression]:
    """The variables of an ``if``."""
    if condition is None:
        return
    if isinstance(value := getattr(condition, "value", None), FilterExpression):
        yield value
    for part in ("first", "second"):
        yield from _expressions(getattr(condition, part, None))


def _check_name(
    kind: Kind, expression: FilterExpression, loop: Mapping[str, tuple[str, ...]], *, lists: bool = False
) -> None:
    lookups = getattr(expression.var, "lookups", None)
    if lookups is None:
        return  # a literal
    name, *more = lookups
    if name in loop:
        sound = (len(more) == 1 and more[0] in loop[name]) if more else False
    else:
        variable = kind.variable(name)
        sound = not more and variable is not None and (lists or variable.form not in FIELDS)
    if not sound:
        known = ", ".join(each.name for each in kind.variables)
        raise Invalid(f"Unknown: {'.'.join(lookups)}. There are: {known}.", code="UNKNOWN_VARIABLE")
