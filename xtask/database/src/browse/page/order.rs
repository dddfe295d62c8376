//! A total order of rows, and what comes behind a place in it.

use pg_schema::quote_identifier;

use super::super::BrowseError;
use super::super::condition::{Condition, Sort};
use super::super::identity::{Key, KeyPart};
use super::super::relation::Relation;

/// The columns that were asked for, then those of the key that are not among them.
#[derive(Clone, Debug)]
pub(in crate::browse) struct Order {
    terms: Vec<Term>,
    /// Where the key's values are among those of the terms; none where nothing tells rows apart.
    key: Option<Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Term {
    part: KeyPart,
    desc: bool,
    nullable: bool,
}

impl Order {
    pub(in crate::browse) fn of(sort: &[Sort], relation: &Relation) -> Result<Self, BrowseError> {
        let mut terms = Vec::<Term>::new();
        for sort in sort {
            let column = relation.column(sort.column)?;
            let part = column.key_part();
            // A column that stands a second time orders nothing.
            if terms
                .iter()
                .any(|term| term.part.column == Some(sort.column))
            {
                continue;
            }
            terms.push(Term {
                part: part.ok_or_else(|| BrowseError::NoOrder(column.data_type.clone()))?,
                desc: sort.desc,
                nullable: !column.not_null,
            });
        }
        let parts = relation.key_parts()?;
        let has_key = !parts.is_empty();
        let mut key = Vec::new();
        // A key that follows a descending order descends too: then one index, read backward, has both.
        let desc = terms.last().is_some_and(|term| term.desc);
        for part in parts {
            let known = terms
                .iter()
                .position(|term| part.column.is_some() && term.part.column == part.column);
            key.push(known.unwrap_or(terms.len()));
            if known.is_none() {
                terms.push(Term {
                    part,
                    desc,
                    nullable: false,
                });
            }
        }
        Ok(Self {
            terms,
            key: has_key.then_some(key),
        })
    }

    /// How many values a place has.
    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    pub(super) fn reversed(&self) -> Self {
        let mut reversed = self.clone();
        for term in &mut reversed.terms {
            term.desc = !term.desc;
        }
        reversed
    }

    /// The values of a place, in SQL.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.terms.iter().map(|term| term.part.text.clone())
    }

    /// The key of the row at a place.
    pub(super) fn key(&self, place: &[Option<String>]) -> Option<Key> {
        let key = self.key.as_ref()?.iter();
        key.map(|index| place.get(*index)?.clone()).collect()
    }

    /// ` ORDER BY …`, or nothing. A bare name would mean a column of the result, which is a text; with its table's name it is the table's.
    pub(in crate::browse) fn sql(&self, relation: &Relation) -> String {
        let table = quote_identifier(&relation.name);
        let terms = self.terms.iter().map(|term| {
            let desc = if term.desc { " DESC" } else { "" };
            format!("{table}.{}{desc}", term.part.sql)
        });
        let terms: Vec<_> = terms.collect();
        if terms.is_empty() {
            String::new()
        } else {
            format!(" ORDER BY {}", terms.join(", "))
        }
    }

    /// The ranges of rows behind a place, in order.
    pub(super) fn behind(&self, place: &[Option<String>], condition: &Condition) -> Vec<Condition> {
        let mut ranges = Vec::new();
        for split in (0..self.terms.len()).rev() {
            let mut equal = condition.clone();
            for (term, value) in self.terms.iter().zip(place).take(split) {
                term.equal(value.as_ref(), &mut equal);
            }
            ranges.extend(self.terms[split].behind(place[split].as_ref(), &equal));
        }
        ranges
    }
}

impl Term {
    fn equal(&self, value: Option<&String>, condition: &mut Condition) {
        let part = match value {
            None => self.is_null(),
            Some(value) => {
                let parameter = condition.parameters.add(Some(value.clone()));
                self.part.compare("=", &parameter)
            }
        };
        condition.and(part);
    }

    fn behind(&self, value: Option<&String>, condition: &Condition) -> Vec<Condition> {
        let with = |part: String| {
            let mut range = condition.clone();
            range.and(part);
            range
        };
        let Some(value) = value else {
            return if self.desc {
                vec![with(format!("{} IS DISTINCT FROM NULL", self.part.sql))]
            } else {
                vec![]
            };
        };
        let mut range = condition.clone();
        let parameter = range.parameters.add(Some(value.clone()));
        let operator = if self.desc { "<" } else { ">" };
        range.and(self.part.compare(operator, &parameter));
        let mut ranges = vec![range];
        if !self.desc && self.nullable {
            ranges.push(with(self.is_null()));
        }
        ranges
    }

    /// `IS NULL` would hold for a row of nulls.
    fn is_null(&self) -> String {
        format!("{} IS NOT DISTINCT FROM NULL", self.part.sql)
    }
}
