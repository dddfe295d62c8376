//! Rust expressions, and how they are broken into lines: by rustfmt's default rules as far as they matter here, so that the text is good to read
//! where there is no rustfmt, too.

/// rustfmt's `max_width`.
const LINE: usize = 100;
/// rustfmt's `chain_width`, `fn_call_width` and `array_width`.
const SHORT: usize = 60;
/// rustfmt's `short_array_element_width_threshold`.
const SHORT_ELEMENT: usize = 10;
const STEP: usize = 4;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    /// A literal or a path, in one line or several.
    Text(String),
    /// `function(arguments)`.
    Call(&'static str, Vec<Self>),
    /// `[elements]`.
    Array(Vec<Self>),
    /// `head.method(…).method(…)`.
    Chain(Box<Self>, Vec<Method>),
}

/// A method call in a chain.
#[derive(Debug, Clone)]
pub(super) struct Method {
    name: &'static str,
    arguments: Vec<Expression>,
}

impl Method {
    pub(super) fn new(name: &'static str, arguments: Vec<Expression>) -> Self {
        Self { name, arguments }
    }

    /// `.name(arguments)` in lines, the first of which begins `at` columns behind the indent.
    fn lines(&self, indent: usize, at: usize, behind: usize) -> String {
        let room = LINE.saturating_sub(indent + at + behind);
        let line = list_in_line(&self.arguments).map(|list| format!(".{}({list})", self.name));
        line.filter(|line| width(line) <= room).unwrap_or_else(|| {
            let at = at + self.name.len() + 2;
            let arguments = arguments_in_lines(&self.arguments, indent, at);
            format!(".{}({arguments})", self.name)
        })
    }
}

impl Expression {
    /// With these method calls behind it, if there are any.
    pub(super) fn with(self, methods: Vec<Method>) -> Self {
        match self {
            head if methods.is_empty() => head,
            Self::Chain(head, mut before) => {
                before.extend(methods);
                Self::Chain(head, before)
            }
            head => Self::Chain(Box::new(head), methods),
        }
    }

    /// In lines, of which all but the first are indented by `indent` or more. `behind` is the width of what follows on the last line.
    pub(super) fn lines(&self, indent: usize, behind: usize) -> String {
        let room = LINE.saturating_sub(indent + behind);
        if let Some(line) = self.line().filter(|line| width(line) <= room) {
            return line;
        }
        self.broken(indent, behind)
    }

    /// In several lines, whether or not there is room for one.
    fn broken(&self, indent: usize, behind: usize) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(function, arguments) => {
                let at = function.len() + 1;
                let arguments = arguments_in_lines(arguments, indent, at);
                format!("{function}({arguments})")
            }
            Self::Array(elements) => format!("[{}]", elements_in_lines(elements, indent)),
            Self::Chain(head, methods) => chain_in_lines(head, methods, indent, behind),
        }
    }

    /// In one line, where rustfmt would have it so if there is room.
    fn line(&self) -> Option<String> {
        match self {
            Self::Text(text) => (!text.contains('\n')).then(|| text.clone()),
            Self::Call(function, arguments) => {
                Some(format!("{function}({})", list_in_line(arguments)?))
            }
            Self::Array(elements) => Some(format!("[{}]", list_in_line(elements)?)),
            Self::Chain(head, methods) => {
                let mut line = head.line()?;
                for method in methods {
                    let arguments = list_in_line(&method.arguments)?;
                    line.push_str(&format!(".{}({arguments})", method.name));
                }
                (methods.len() == 1 || width(&line) <= SHORT).then_some(line)
            }
        }
    }
}

fn list_in_line(expressions: &[Expression]) -> Option<String> {
    let lines: Option<Vec<_>> = expressions.iter().map(Expression::line).collect();
    let list = lines?.join(", ");
    // A text or a chain that stands alone may be as long as the line.
    let may_be_long = matches!(expressions, [Expression::Text(_) | Expression::Chain(..)]);
    (may_be_long || width(&list) <= SHORT).then_some(list)
}

/// Each call stands on a line of its own, below a head of several lines and indented below one of a single line, unless only the last need be broken.
fn chain_in_lines(head: &Expression, methods: &[Method], indent: usize, behind: usize) -> String {
    if let Some(hanging) = hanging_chain(head, methods, indent, 0, behind) {
        return hanging;
    }
    let below = indent_below(head, indent);
    let mut text = head.lines(indent, 0);
    for method in methods {
        let call = method.lines(below, 0, behind);
        text.push_str(&format!("\n{}{call}", spaces(below)));
    }
    text
}

fn indent_below(head: &Expression, indent: usize) -> usize {
    match head.line() {
        Some(line) if indent + width(&line) <= LINE => indent + STEP,
        _ => indent,
    }
}

/// A chain of which only the last call is broken, where that makes it no longer. It begins `at` columns behind the indent.
fn hanging_chain(
    head: &Expression,
    methods: &[Method],
    indent: usize,
    at: usize,
    behind: usize,
) -> Option<String> {
    let (last, before) = methods.split_last()?;
    let start = head.clone().with(before.to_vec()).line()?;
    let left = LINE.saturating_sub(indent + at + behind);
    let room = if before.is_empty() {
        left
    } else {
        left.min(SHORT)
    };
    let hanging = last.lines(indent, at + width(&start), behind);
    let height = hanging.lines().count();
    let first = hanging.lines().next()?;
    let fits = width(&start) + width(first) <= room;
    let below = last.lines(indent_below(head, indent), 0, behind);
    (fits && (height >= 5 || below.lines().count() >= height)).then(|| format!("{start}{hanging}"))
}

/// The only argument of a call keeps to the parentheses if it is broken inside of its own.
fn arguments_in_lines(arguments: &[Expression], indent: usize, at: usize) -> String {
    let alone = match arguments {
        [only @ (Expression::Call(..) | Expression::Array(_))] => Some(only.broken(indent, 1)),
        [Expression::Chain(head, methods)] => hanging_chain(head, methods, indent, at, 1),
        _ => None,
    };
    alone.unwrap_or_else(|| one_a_line(arguments, indent))
}

fn elements_in_lines(elements: &[Expression], indent: usize) -> String {
    if let [only @ (Expression::Call(..) | Expression::Chain(..))] = elements {
        return only.lines(indent, 1);
    }
    let short: Option<Vec<_>> = elements
        .iter()
        .map(|element| element.line().filter(|line| width(line) <= SHORT_ELEMENT))
        .collect();
    let Some(short) = short else {
        return one_a_line(elements, indent);
    };
    let indent = indent + STEP;
    let mut text = String::new();
    let mut column = LINE;
    for element in short {
        let needed = width(&element) + 2;
        if column + needed > LINE {
            text.push_str(&format!("\n{}{element},", spaces(indent)));
            column = indent + needed - 1;
        } else {
            text.push_str(&format!(" {element},"));
            column += needed;
        }
    }
    format!("{text}\n{}", spaces(indent - STEP))
}

fn one_a_line(expressions: &[Expression], indent: usize) -> String {
    let mut text = String::new();
    for expression in expressions {
        let expression = expression.lines(indent + STEP, 1);
        text.push_str(&format!("\n{}{expression},", spaces(indent + STEP)));
    }
    format!("{text}\n{}", spaces(indent))
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

fn width(text: &str) -> usize {
    text.chars().count()
}
