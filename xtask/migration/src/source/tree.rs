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
            format!(
                ".{}({})",
                self.name,
                arguments_in_lines(&self.arguments, indent)
            )
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
        match self {
            Self::Text(text) => text.clone(),
            Self::Call(function, arguments) => {
                format!("{function}({})", arguments_in_lines(arguments, indent))
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
    (expressions.len() == 1 || width(&list) <= SHORT).then_some(list)
}

/// Only the last call is broken if that makes it no longer; otherwise each stands on a line of its own, below a head of several lines and indented
/// below one of a single line.
fn chain_in_lines(head: &Expression, methods: &[Method], indent: usize, behind: usize) -> String {
    let indent_below = match head.line() {
        Some(line) if indent + width(&line) <= LINE => indent + STEP,
        _ => indent,
    };
    if let [before @ .., last] = methods
        && let Some(start) = head.clone().with(before.to_vec()).line()
    {
        let room = if before.is_empty() {
            LINE.saturating_sub(indent + behind)
        } else {
            SHORT
        };
        let hanging = last.lines(indent, width(&start), behind);
        let height = hanging.lines().count();
        let fits = hanging
            .lines()
            .next()
            .is_some_and(|first| width(&start) + width(first) <= room);
        let below = last.lines(indent_below, 0, behind);
        if fits && (height >= 5 || below.lines().count() >= height) {
            return format!("{start}{hanging}");
        }
    }
    let mut text = head.lines(indent, 0);
    for method in methods {
        let call = method.lines(indent_below, 0, behind);
        text.push_str(&format!("\n{}{call}", spaces(indent_below)));
    }
    text
}

/// The only argument of a call keeps to the parentheses if it can be broken itself.
fn arguments_in_lines(arguments: &[Expression], indent: usize) -> String {
    match arguments {
        [only @ (Expression::Call(..) | Expression::Array(_))] => only.lines(indent, 1),
        arguments => one_a_line(arguments, indent),
    }
}

fn elements_in_lines(elements: &[Expression], indent: usize) -> String {
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
