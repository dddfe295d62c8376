//! Patterns of names, as shells and drizzle-kit write them.
//!
//! Not those of a crate: they match paths, byte by byte, and a name is text in which neither `/` nor a dot in front means anything.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use pg_schema::QualifiedName;

/// Patterns that select names: those that one of them matches, or all if none of them says what to take, less those behind a `!`.
///
/// (drizzle-kit's code, other than its documentation, lets a `!` in a list take all that it does not name.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns(Vec<Pattern>);

/// A pattern: `*` stands for any text, `?` for a character, `[a-z]` and `[!a-z]` for one of a set, `{a,b}` for one of several texts; `\` takes the
/// meaning of the character behind it; `!` in front turns the whole round. What is not closed stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    negated: bool,
    alternatives: Vec<Vec<Token>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Text,
    Character,
    OneOf {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    Exactly(char),
}

impl Patterns {
    /// Just these names, whatever is in them.
    #[must_use]
    pub fn names(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let exactly = |name: &str| Pattern {
            text: name.to_owned(),
            negated: false,
            alternatives: vec![name.chars().map(Token::Exactly).collect()],
        };
        let names = names.into_iter().map(|name| exactly(name.as_ref()));
        Self(names.collect())
    }

    /// Whether there are none, so that all names are selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Pattern> {
        self.0.iter()
    }

    /// Those that say what to take.
    pub fn positive(&self) -> impl Iterator<Item = &Pattern> {
        self.0.iter().filter(|pattern| !pattern.negated)
    }

    /// Whether they select this name.
    #[must_use]
    pub fn select(&self, name: &str) -> bool {
        self.choose(|pattern| pattern.matches(name))
    }

    /// Whether they select what lies in a schema.
    #[must_use]
    pub fn select_in_schema(&self, name: &QualifiedName) -> bool {
        self.choose(|pattern| pattern.matches_in_schema(name))
    }

    fn choose(&self, matches: impl Fn(&Pattern) -> bool) -> bool {
        let mut positive = self.positive().peekable();
        let taken = positive.peek().is_none() || positive.any(&matches);
        taken && !self.0.iter().any(|it| it.negated && matches(it))
    }
}

impl FromIterator<Pattern> for Patterns {
    fn from_iter<T: IntoIterator<Item = Pattern>>(patterns: T) -> Self {
        Self(patterns.into_iter().collect())
    }
}

impl Pattern {
    /// Whether it stands for this name, whatever the `!` in front makes of that.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<_> = name.chars().collect();
        self.alternatives.iter().any(|it| matches(it, &name))
    }

    /// The same for what lies in a schema: with a dot in it, it may also stand for `schema.name`.
    #[must_use]
    pub fn matches_in_schema(&self, name: &QualifiedName) -> bool {
        self.matches(&name.name)
            || self.text.contains('.') && self.matches(&format!("{}.{}", name.schema, name.name))
    }
}

/// As it was written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (negated, inner) = match text.strip_prefix('!') {
            Some(inner) => (true, inner),
            None => (false, text),
        };
        Ok(Self {
            text: text.to_owned(),
            negated,
            alternatives: alternatives(inner).iter().map(|it| tokens(it)).collect(),
        })
    }
}

/// `a{b,c}d` as `abd` and `acd`.
fn alternatives(text: &str) -> Vec<String> {
    let Some((before, inside, after)) = braces(text) else {
        return vec![text.to_owned()];
    };
    let mut all = Vec::new();
    for after in alternatives(after) {
        for inside in split(inside).into_iter().flat_map(alternatives) {
            all.push([before, &inside, &after].concat());
        }
    }
    all
}

/// The first pair of braces: what stands before, inside and behind it.
fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let (mut depth, mut open, mut escaped) = (0_usize, 0, false);
    for (position, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => {
                if depth == 0 {
                    open = position;
                }
                depth += 1;
            }
            '}' if depth == 1 => {
                return Some((
                    &text[..open],
                    &text[open + 1..position],
                    &text[position + 1..],
                ));
            }
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The texts between commas, but for those inside braces.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut escaped) = (Vec::new(), 0, 0_usize, false);
    for (position, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        tokens.push(match c {
            '*' => Token::Text,
            '?' => Token::Character,
            '\\' => Token::Exactly(rest.next().unwrap_or('\\')),
            '[' => match set(rest.as_str()) {
                Some((set, behind)) => {
                    rest = behind.chars();
                    set
                }
                None => Token::Exactly('['),
            },
            c => Token::Exactly(c),
        });
    }
    tokens
}

/// A set behind its `[`, and what stands behind its `]`, which as the first character stands for itself.
fn set(text: &str) -> Option<(Token, &str)> {
    let inside = text.strip_prefix(['!', '^']);
    let (negated, inside) = (inside.is_some(), inside.unwrap_or(text));
    let first = inside.chars().next()?.len_utf8();
    let end = first + inside[first..].find(']')?;
    let characters: Vec<_> = inside[..end].chars().collect();
    let (mut ranges, mut at) = (Vec::new(), 0);
    while let Some(&from) = characters.get(at) {
        if let (Some('-'), Some(&to)) = (characters.get(at + 1), characters.get(at + 2)) {
            ranges.push((from, to));
            at += 3;
        } else {
            ranges.push((from, from));
            at += 1;
        }
    }
    Some((Token::OneOf { negated, ranges }, &inside[end + 1..]))
}

impl Token {
    fn fits(&self, c: char) -> bool {
        match self {
            Self::Text => false,
            Self::Character => true,
            Self::Exactly(own) => *own == c,
            Self::OneOf { negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated
            }
        }
    }
}

/// Each `*` takes as little as it can, and a character more whenever what is behind it does not fit.
fn matches(tokens: &[Token], name: &[char]) -> bool {
    let (mut token, mut at, mut last_text) = (0, 0, None);
    while at < name.len() {
        match tokens.get(token) {
            Some(Token::Text) => {
                token += 1;
                last_text = Some((token, at));
            }
            Some(it) if it.fits(name[at]) => {
                token += 1;
                at += 1;
            }
            _ => {
                let Some((behind, from)) = last_text else {
                    return false;
                };
                (token, at) = (behind, from + 1);
                last_text = Some((behind, from + 1));
            }
        }
    }
    tokens[token..].iter().all(|it| *it == Token::Text)
}

/// Several patterns between commas, but for those inside braces.
impl FromStr for Patterns {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        split(text).into_iter().map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use pg_schema::QualifiedName;

    use super::{Pattern, Patterns};

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap_or_else(|never| match never {})
    }

    fn patterns(texts: &[&str]) -> Patterns {
        texts.iter().map(|text| pattern(text)).collect()
    }

    #[test]
    fn a_pattern_stands_for_whole_names() {
        for (text, yes, no) in [
            ("users", &["users"][..], &["user", "users2", "Users"][..]),
            ("user*", &["user", "users", "user/x", "user.x"], &["a_user"]),
            ("*_log", &["_log", "a_log", "a_log_log"], &["log", "a_logs"]),
            ("*a*b*", &["ab", "xaxbx", "aab"], &["ba", "a"]),
            ("t?", &["t1", "tü"], &["t", "t12"]),
            ("t[0-9a]", &["t1", "ta"], &["tb", "t"]),
            ("t[!0-9]", &["ta"], &["t1"]),
            ("t[]]", &["t]"], &["t"]),
            ("{a,b*}_x", &["a_x", "b_x", "bb_x"], &["c_x", "a"]),
            ("a{b,{c,d}}", &["ab", "ac", "ad"], &["a"]),
            ("\\*", &["*"], &["a"]),
            ("[a", &["[a"], &["a"]),
            ("{a", &["{a"], &["a"]),
            ("", &[""], &["a"]),
        ] {
            for name in yes {
                assert!(pattern(text).matches(name), "{text} and {name}");
            }
            for name in no {
                assert!(!pattern(text).matches(name), "{text} and {name}");
            }
        }
    }

    #[test]
    fn a_list_takes_what_one_matches_and_no_negated_one() {
        let selected = |texts: &[&str]| {
            let names = ["users", "user_log", "orders"];
            let patterns = patterns(texts);
            names.map(|name| patterns.select(name))
        };
        assert_eq!(selected(&[]), [true, true, true]);
        assert_eq!(selected(&["user*"]), [true, true, false]);
        assert_eq!(selected(&["user*", "!*_log"]), [true, false, false]);
        assert_eq!(selected(&["!*_log"]), [true, false, true]);
        assert_eq!(selected(&["users", "orders"]), [true, false, true]);
        assert_eq!(selected(&["nothing"]), [false, false, false]);
    }

    #[test]
    fn commas_part_patterns_but_inside_braces() {
        let parsed: Patterns = "a,{b,c}*,!d".parse().unwrap_or_else(|never| match never {});
        assert_eq!(parsed, patterns(&["a", "{b,c}*", "!d"]));
    }

    #[test]
    fn only_a_pattern_with_a_dot_looks_at_the_schema() {
        let trail = QualifiedName::new("audit", "trail");
        assert!(patterns(&["audit.*"]).select_in_schema(&trail));
        assert!(!patterns(&["audit*"]).select_in_schema(&trail));
        assert!(!patterns(&["!audit.tr*"]).select_in_schema(&trail));
    }

    #[test]
    fn a_name_stands_for_itself_whatever_is_in_it() {
        let names = Patterns::names(["a*", "!b", "{c,d}"]);
        assert!(names.select("a*") && names.select("!b") && names.select("{c,d}"));
        assert!(!names.select("ab") && !names.select("c"));
    }
}
