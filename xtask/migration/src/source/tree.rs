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
            Self::Chain(head, methods) => chain_in_lines(head, methods, indent),
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
    let expressions: Option<Vec<_>> = expressions.iter().map(Expression::line).collect();
    let list = expressions?.join(", ");
    // A single text has nowhere else to go.
    let alone = !list.contains(", ") || matches!(list.as_bytes(), [b'"' | b'r', ..]);
    (width(&list) <= SHORT || alone && list.len() == width(&list)).then_some(list)
}

fn chain_in_lines(head: &Expression, methods: &[Method], indent: usize) -> String {
    let mut text = head.lines(indent, 0);
    let indent = if text.contains('\n') {
        indent
    } else {
        indent + STEP
    };
    for method in methods {
        let start = format!(".{}", method.name);
        let line = list_in_line(&method.arguments).map(|arguments| format!("{start}({arguments})"));
        let call = match line.filter(|line| indent + width(line) <= LINE) {
            Some(line) => line,
            None => format!("{start}({})", arguments_in_lines(&method.arguments, indent)),
        };
        text.push_str(&format!("\n{}{call}", spaces(indent)));
    }
    text
}

/// The only argument of a call keeps to the parentheses if it can be broken itself.
fn arguments_in_lines(arguments: &[Expression], indent: usize) -> String {
    match arguments {
        [only @ (Expression::Call(..) | Expression::Array(_))] => only.lines(indent, 1),
        [Expression::Text(text)] if text.contains('\n') => text.clone(),
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
