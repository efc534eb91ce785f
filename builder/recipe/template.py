"""Text with pills: python-liquid, stripped to a few tags and our own formatters, with a limit on everything.

Parsed texts are cached; rendering counts what it does (`Context.charge`) because Liquid's own limits don't see loops in
a row, cheap tags in long loops or long chains of formatters.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, RenderContext, Undefined
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import FilteredExpression, Path, tokenize
from liquid.builtin.expressions.primitive import Blank, Empty, FloatLiteral
from liquid.builtin.tags import assign_tag, capture_tag, case_tag, comment_tag, for_tag, if_tag, unless_tag
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.stream import TokenStream
from liquid.token import TOKEN_DOT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_WORD, Token
from liquid.utils import ReadOnlyChainMap

from builder.recipe import dates, formats
from builder.recipe.coerce import MAX_TEXT, About, text
from builder.recipe.errors import BadTemplate, CantRender, Missing, TooMuch, Wrong, shown

MAX_SOURCE = 10 * 1024
MAX_EXPRESSION = 1000
MAX_LOOPS = 5000
MAX_WORK = 50_000
"""Units of about a microsecond."""
TAGS = frozenset(
    (
        "if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "for", "endfor", "break",
        "continue", "assign", "capture", "endcapture", "comment", "endcomment",
    )
)  # fmt: skip
PLAIN = frozenset({dict, list, tuple, str, int, float, bool, type(None), Decimal, range})
BUILT_IN = frozenset({"now", "today"})
"""Names every text may use besides the trigger and steps."""


@dataclass(frozen=True, slots=True)
class Parsed:
    template: BoundTemplate
    lone: Any
    """The expression when the text is one pill and nothing else."""
    pills: tuple[tuple[str, str], ...]
    """(step id or other first name, the rest of the path), in order, without the text's own names."""
    asks_time: bool
    """Whether `now` or `today` may be asked for."""


@lru_cache(maxsize=512)
def parse(source: str) -> Parsed:
    """Raises BadTemplate. The result is shared: never change it."""
    _scan(source)
    try:
        template = ENVIRONMENT.from_string(source)
        nodes = list(_nodes(template.nodes))
        expressions = [inner for node in nodes for outer in node.expressions() for inner in _expressions(outer)]
    except LiquidError as error:
        raise BadTemplate(
            f"{shown(source)} can't be read: {_reason(error)}. Check its braces and formatters."
        ) from None
    except RecursionError:
        raise BadTemplate(f"{shown(source)} is nested too deep. Make it simpler.") from None
    for expression in expressions:
        _settle(expression)
    own = {str(name) for node in nodes for name in (*node.block_scope(), *node.template_scope())}
    pills = dict.fromkeys(_pill(e) for e in expressions if isinstance(e, Path))
    visible = [node for node in template.nodes if not _is_space(node)]
    lone = visible[0].expression if len(visible) == 1 and isinstance(visible[0], OutputNode) else None
    asks_time = any(pill[0] in BUILT_IN or not pill[0] for pill in pills)  # a name may be a value itself
    return Parsed(template, lone, tuple(pill for pill in pills if pill[0] not in own), asks_time)


def run(source: str, scope: Mapping[str, Any], about: About) -> Any:
    """Text, or for a text that is one pill its value. Raises the errors of `errors`, and nothing else."""
    parsed = parse(source)
    try:
        names = dict(scope)
        if about.now is not None and parsed.asks_time:
            names["now"] = about.now.astimezone(dates.in_zone(about.zone))
            names["today"] = names["now"].date()
        context = Context(parsed.template, globals=names)
        context.about = about
        if parsed.lone is not None:
            return usable(parsed.lone.evaluate(context))
        buffer = parsed.template._get_buffer()
        parsed.template.render_with_context(context, buffer)
        return buffer.getvalue()
    except CantRender:
        raise
    except (ResourceLimitError, RecursionError):
        raise TooMuch(f"{shown(source)} takes too much work. Make it shorter, or use an “each” step.") from None
    except LiquidError as error:
        raise Wrong(f"{shown(source)} doesn't work with these values: {_reason(error)}.") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Wrong(f"{shown(source)} doesn't work with these values: {error}.") from None


def usable(value: Any) -> Any:
    """One of our plain types; a float becomes the Decimal it is written as."""
    if type(value) in (str, int, bool, dict, list, Decimal, type(None)) or isinstance(value, date):
        return value
    if isinstance(value, Absent):
        raise Missing(value.name)
    if type(value) is float:
        return Decimal(repr(value))
    if isinstance(value, Empty | Blank):
        return ""
    if type(value) is range and value.stop - value.start > MAX_LOOPS:
        raise TooMuch(f"A range may have at most {MAX_LOOPS} numbers.")
    if type(value) in (tuple, range):
        return list(value)
    raise Wrong("This value can't be used in text. Choose a part of it.")


class Absent(Undefined):
    """A pill without a value: false in a test, an error anywhere else."""

    def __str__(self) -> str:
        raise Missing(self.name)

    def items(self) -> Any:
        raise Missing(self.name)


class Context(RenderContext):
    about: About

    def __init__(self, template: BoundTemplate, **more: Any):
        super().__init__(template, **more)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)
        self.work = 0
        self.loops_done = 0
        self.weight = 1

    def charge(self, units: int) -> None:
        self.work += units
        if self.work > MAX_WORK:
            raise TooMuch("This text takes too much work. Make it shorter, or use an “each” step.")

    def get(self, path: list[object], *, token: Any, default: object = None) -> object:
        found: Any = self.scope.get(path[0], _NOTHING) if isinstance(path[0], str) else _NOTHING
        for segment in path[1:]:
            found = _part(found, segment)
        if found is _NOTHING:
            return Absent(dotted(path))
        if type(found) not in PLAIN and not isinstance(found, date | for_tag.ForLoop | Absent):
            raise Wrong(f"{dotted(path)} can't be used in text. Choose a part of it.")
        self.charge(1 + _size(found))
        return found

    def assign(self, key: str, val: Any) -> None:
        self.charge(1 + len(self.locals) // 10)
        super().assign(key, usable(val))

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self.loops_done += length
        if self.loops_done > MAX_LOOPS:
            raise TooMuch(f"This text goes round more than {MAX_LOOPS} times. Use an “each” step.")
        self.charge(length * self.weight)


class OutputNode(output.OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(text(usable(self.expression.evaluate(context))))


class OutputTag(output.Output):
    node_class = OutputNode

    def parse(self, stream: TokenStream) -> OutputNode:
        token = stream.eat(TOKEN_OUTPUT)
        inner = stream.expect(TOKEN_EXPRESSION)
        tokens = _names_after_dots(tokenize(inner.value, inner))
        return self.node_class(token, FilteredExpression.parse(self.env, TokenStream(tokens)))


class ForNode(for_tag.ForNode):
    def render_to_output(self, context: Any, buffer: TextIO) -> int:
        context.weight = self.weight
        return super().render_to_output(context, buffer)

    @property
    def weight(self) -> int:
        if not hasattr(self, "_weight"):
            self._weight = sum(1 + 2 * len(list(node.expressions())) for node in _nodes([self.block]))
        return self._weight


class ForTag(for_tag.ForTag):
    node_class = ForNode


class Stripped(Environment):
    template_class = BoundTemplate
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = MAX_LOOPS
    output_stream_limit = MAX_TEXT
    local_namespace_limit = MAX_TEXT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal, OutputTag, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag, case_tag.CaseTag, ForTag,
            for_tag.BreakTag, for_tag.ContinueTag, assign_tag.AssignTag, capture_tag.CaptureTag, comment_tag.CommentTag,
        ):  # fmt: skip
            self.add_tag(tag)
        for name in (*formats.FILTERS, *formats.ALIASES):
            self.add_filter(name, _liquid_filter(name))


def _liquid_filter(name: str) -> Callable[..., Any]:
    known = formats.find(name)
    assert known

    def call(value: Any, *args: Any, context: Context) -> Any:
        value = None if known.name == "default" and isinstance(value, Absent) else usable(value)
        context.charge(2 + _size(value))
        found = known.apply(value, *map(usable, args), **({"about": context.about} if known.about else {}))
        if isinstance(found, str) and len(found) > MAX_TEXT:
            raise TooMuch(f"The text would be longer than {MAX_TEXT // 1024} KB. Choose a shorter one.")
        context.charge(_size(found))
        return found

    call.with_context = True  # type: ignore[attr-defined]
    return call


def _names_after_dots(tokens: Iterator[Token]) -> Iterator[Token]:
    """Liquid's own words (`blank`, `limit`, `for` …) are plain names after a dot: `{{ trigger.limit }}`."""
    after_dot = False
    for token in tokens:
        yield token._replace(kind=TOKEN_WORD) if after_dot and token.value.isidentifier() else token
        after_dot = token.kind == TOKEN_DOT


ENVIRONMENT = Stripped(undefined=Absent)
_NOTHING = object()


def dotted(path: list[Any]) -> str:
    """`client.contacts[0].email`"""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def pill(root: str, path: str = "") -> str:
    """The text for a value: `{{ s8f2ca.client['Due date'] }}` from `s8f2ca` and `client.Due date`."""
    parts = re.findall(r"\[-?\d+\]|[^.\[]+|\[", path)
    written = "".join(_segment(part) for part in parts)
    return f"{{{{ {root}{written} }}}}"


def _segment(part: str) -> str:
    if re.fullmatch(r"\[-?\d+\]", part, re.ASCII):
        return part
    if re.fullmatch(r"[A-Za-z_][\w-]*", part, re.ASCII):
        return f".{part}"
    quote = "'" if "'" not in part else '"'
    return f"[{quote}{part}{quote}]"


def _part(found: Any, segment: Any) -> Any:
    if isinstance(found, dict | for_tag.ForLoop):
        if isinstance(segment, str) and segment in getattr(found, "_keys", found):
            return found[segment]
        return len(found) if segment == "size" and type(found) is dict else _NOTHING
    if isinstance(found, list | tuple):
        index = {"first": 0, "last": -1}.get(segment, segment) if isinstance(segment, str) else segment
        if type(index) is int and -len(found) <= index < len(found):
            return found[index]
    return len(found) if segment == "size" and isinstance(found, list | tuple | str) else _NOTHING


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value) // 500
    return len(value) // 5 if isinstance(value, list | dict) else 0


def _scan(source: str) -> None:
    """What has to be refused before Liquid's lexer, whose time grows with the square of some inputs."""
    if len(source.encode("utf-8", "surrogatepass")) > MAX_SOURCE:
        raise BadTemplate(f"This text is longer than {MAX_SOURCE // 1024} KB. Shorten it, or put it into two fields.")
    for opening, body in _braces(source):
        if len(body) > MAX_EXPRESSION or len(body) - len(body.lstrip()) > 50:
            raise BadTemplate(f"A part between braces is longer than {MAX_EXPRESSION} characters. Make it simpler.")
        words = body.lstrip("-").split(None, 1)
        if opening == "{%" and (not words or words[0].rstrip("-") not in TAGS):
            raise BadTemplate(
                f"“{' '.join(words)[:40]}” is no instruction here. There are if, unless, case, for and assign."
            )


def _braces(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    while (at := source.find("{", at)) >= 0:
        opening = source[at : at + 2]
        if opening not in ("{{", "{%"):
            at += 1
            continue
        end = source.find("}}" if opening == "{{" else "%}", at + 2)
        if end < 0:
            raise BadTemplate(
                f"“{source[at : at + 30]}” opens with {opening} and never closes. Close it, or take it out."
            )
        yield opening, source[at + 2 : end]
        at = end + 2


def _nodes(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield node
        yield from _nodes(node.children(None, include_partials=False))


def _expressions(expression: Any) -> Iterator[Any]:
    yield expression
    for inner in expression.children():
        yield from _expressions(inner)


def _settle(expression: Any) -> None:
    """Exact decimals instead of floats, and formatters that exist with as many arguments as they take."""
    if isinstance(expression, FloatLiteral):
        expression.value = Decimal(expression.token.value)  # type: ignore[assignment]
    if isinstance(expression, FilteredExpression):
        for used in expression.filters or ():
            _check_filter(used)


def _check_filter(used: Any) -> None:
    known = formats.find(used.name)
    if known is None:
        close = difflib.get_close_matches(used.name, formats.FILTERS, 1)
        raise BadTemplate(f"There is no formatter “{used.name:.40}”.{f' Did you mean “{close[0]}”?' if close else ''}")
    named = any(getattr(argument, "name", None) for argument in used.args)
    if named or not known.least <= len(used.args) <= known.most:
        raise BadTemplate(f"The formatter “{used.name}” can't be used like this. An example: {known.example}")


def _pill(path: Path) -> tuple[str, str]:
    fixed: list[Any] = []
    for part in path.path:
        if isinstance(part, Path):
            break
        fixed.append(part)
    return (str(fixed[0]), dotted(fixed[1:])) if fixed else ("", "")


def _is_space(node: Any) -> bool:
    return isinstance(node, content.ContentNode) and not node.text.strip()


def _reason(error: LiquidError) -> str:
    return str(error.message or "it is not complete").rstrip(".")
