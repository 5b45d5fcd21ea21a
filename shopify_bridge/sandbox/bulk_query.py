"""A query in bulk: what may be asked, and the lines of its answer, streamed.

Every node of a connection is a line; one below another names it in `__parentId`. The rules are those of
Shopify's guide: one top-level field that is a connection, at most five connections, nested at most two deep,
no `node` or `nodes` at the top. Assumed: that parents come before their children when nothing is grouped,
that `nodes` is as good as `edges { node }`, and that `__parentId` names the nearest node that is a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.values import get_argument_values

from .bulk_rules import invalid, read_query
from .state import Doc

MAX_CONNECTIONS, MAX_DEPTH, PAGE = 5, 2, 100
Inner = list[tuple["Connection", Any]]
Render = Callable[[Any, Inner], Any]


@dataclass
class Connection:
    """A connection of the document: how its nodes are found and shown."""

    resolve: Callable[..., Any]
    info: Any
    args: Doc
    depth: int
    render: Render = field(default=lambda doc, inner: doc)

    def pages(self, source: Any) -> Iterator[list[Any]]:
        """Its nodes for one source, page by page."""
        after, given = None, {name: value for name, value in self.args.items() if name != "first"}
        while True:
            page = self.resolve(
                source, self.info, first=PAGE, **(given | {"after": after} if after else given)
            )
            yield page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


class Plan:
    """A document made ready to run over the whole store."""

    def __init__(self, schema: GraphQLSchema, text: str, context: Any):
        self.schema, self.context, self.count = schema, context, 0
        document = read_query(schema, text)
        (operation,) = (n for n in document.definitions if isinstance(n, OperationDefinitionNode))
        self.fragments = {
            n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)
        }
        assert schema.query_type
        fields = self._collect([operation.selection_set], schema.query_type)
        if len(fields) != 1:
            raise invalid("Bulk queries must have exactly one top level field.")
        ((nodes,),) = ([found] for found in fields.values())
        if nodes[0].name.value in ("node", "nodes"):
            raise invalid("Bulk queries cannot use the top level node or nodes fields.")
        kind = get_named_type(schema.query_type.fields[nodes[0].name.value].type)
        if not kind.name.endswith("Connection"):
            raise invalid("Bulk queries must contain at least one connection at the top.")
        self.root = self._connection(schema.query_type, nodes, kind, 0)

    def lines(self, grouped: bool) -> Iterator[list[tuple[Doc, bool]]]:
        """(line, whether it is of the top) in batches; children directly below their parent when grouped."""
        for nodes in self.root.pages(None):
            yield list(self._grouped(self.root, nodes, None) if grouped else self._level(self.root, nodes))

    def _grouped(
        self, connection: Connection, nodes: list[Any], parent: str | None
    ) -> Iterator[tuple[Doc, bool]]:
        for node in nodes:
            inner: Inner = []
            row = _row(connection, node, inner, parent)
            yield row, parent is None
            for below, source in inner:
                for page in below.pages(source):
                    yield from self._grouped(below, page, row["id"])

    def _level(self, connection: Connection, nodes: list[Any]) -> Iterator[tuple[Doc, bool]]:
        """All of one level, then all of the next: what a client gets that did not ask for groups."""
        level: list[tuple[Connection, Any, str | None]] = [(connection, node, None) for node in nodes]
        while level:
            following: list[tuple[Connection, Any, str | None]] = []
            for at, node, parent in level:
                inner: Inner = []
                row = _row(at, node, inner, parent)
                yield row, parent is None
                for below, source in inner:
                    following += [(below, n, row["id"]) for page in below.pages(source) for n in page]
            level = following

    def _connection(self, parent: Any, nodes: list[FieldNode], kind: Any, depth: int) -> Connection:
        self.count += 1
        if self.count > MAX_CONNECTIONS:
            raise invalid(f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections.")
        if depth > MAX_DEPTH:
            raise invalid(
                f"Bulk queries cannot contain connections with a nesting depth greater than {MAX_DEPTH}."
            )
        inside = self._collect([n.selection_set for n in nodes if n.selection_set], kind)
        selections = [n.selection_set for n in inside.get("nodes", []) if n.selection_set]
        for edge in inside.get("edges", []):
            edge_kind = get_named_type(kind.fields["edges"].type)
            found = self._collect([edge.selection_set] if edge.selection_set else [], edge_kind)
            selections += [n.selection_set for n in found.get("node", []) if n.selection_set]
        if not selections:
            raise invalid("Connections must select the fields of their nodes.")
        definition, info = parent.fields[nodes[0].name.value], self._info(parent, nodes)
        made = Connection(definition.resolve, info, get_argument_values(definition, nodes[0], {}), depth)
        node_kind, before = get_named_type(kind.fields["nodes"].type), self.count
        made.render = self._object(node_kind, selections, depth)
        keys = self._collect(selections, node_kind).get("id", [])
        if self.count > before and [n.name.value for n in keys] != ["id"] * max(1, len(keys)):
            raise invalid(
                "The parent 'node' field for a nested connection must select the 'id' field without an alias"
                " and must be of 'Node' interface type."
            )
        return made

    def _object(self, kind: Any, selections: list[SelectionSetNode], depth: int) -> Render:
        if not is_abstract_type(kind):
            return self._fields(kind, selections, depth)
        renders = {
            possible.name: self._fields(possible, selections, depth, count=index == 0)
            for index, possible in enumerate(self.schema.get_possible_types(kind))
        }
        return lambda doc, inner: renders[kind.resolve_type(doc, None, kind)](doc, inner)

    def _fields(
        self, kind: Any, selections: list[SelectionSetNode], depth: int, *, count: bool = True
    ) -> Render:
        before, children = self.count, []
        plan: list[tuple[str, Any, str, Any, Doc, Render | None]] = []
        for key, nodes in self._collect(selections, kind).items():
            name = nodes[0].name.value
            if name == "__typename":
                plan.append((key, lambda doc, info: kind.name, name, None, {}, None))
                continue
            definition = kind.fields[name]
            below = get_named_type(definition.type)
            if below.name.endswith("Connection"):
                children.append(self._connection(kind, nodes, below, depth + 1))
                continue
            args = get_argument_values(definition, nodes[0], {})
            show = self._shown(definition.type, nodes, depth)
            plan.append((key, definition.resolve, name, self._info(kind, nodes), args, show))
        if not count:
            self.count = before
        return _renderer(plan, children)

    def _shown(self, given: Any, nodes: list[FieldNode], depth: int) -> Render | None:
        kind = get_nullable_type(given)
        if is_list_type(kind):
            before = self.count
            item = self._shown(kind.of_type, nodes, depth)
            if self.count > before:
                raise invalid(
                    "Queries that contain a connection field within a list field are not supported."
                )
            return (lambda docs, inner: [d if d is None else item(d, inner) for d in docs]) if item else None
        if is_leaf_type(kind):
            return None
        return self._object(kind, [n.selection_set for n in nodes if n.selection_set], depth)

    def _info(self, parent: Any, nodes: list[FieldNode]) -> Any:
        """What a resolver may ask of GraphQLResolveInfo."""
        return SimpleNamespace(
            context=self.context,
            field_name=nodes[0].name.value,
            field_nodes=nodes,
            parent_type=parent,
            schema=self.schema,
            fragments=self.fragments,
            variable_values={},
        )

    def _collect(
        self, selections: list[SelectionSetNode], kind: GraphQLNamedType
    ) -> dict[str, list[FieldNode]]:
        """The fields of a type, by the name they are shown under."""
        found: dict[str, list[FieldNode]] = {}
        waiting: list[Any] = [node for selection in selections for node in selection.selections]
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            if isinstance(node, FragmentSpreadNode):
                node = self.fragments[node.name.value]
            on = node.type_condition.name.value if node.type_condition else kind.name
            if isinstance(node, (InlineFragmentNode, FragmentDefinitionNode)) and self._fits(on, kind):
                waiting[:0] = node.selection_set.selections
        return found

    def _fits(self, on: str, kind: GraphQLNamedType) -> bool:
        condition: Any = self.schema.type_map[on]
        return on == kind.name or (is_abstract_type(condition) and self.schema.is_sub_type(condition, kind))  # type: ignore[arg-type]


def _row(connection: Connection, node: Any, inner: Inner, parent: str | None) -> Doc:
    row: Doc = connection.render(node, inner)
    return row if parent is None else row | {"__parentId": parent}


def _renderer(plan: list[Any], children: list[Connection]) -> Render:
    def render(doc: Any, inner: Inner) -> Doc:
        row: Doc = {}
        for key, resolve, name, info, args, show in plan:
            value = resolve(doc, info, **args) if resolve else doc.get(name)
            row[key] = value if show is None or value is None else show(value, inner)
        for child in children:
            inner.append((child, doc))
        return row

    return render
