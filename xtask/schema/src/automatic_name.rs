//! Names that PostgreSQL makes.

use crate::model::MAX_NAME_BYTES;

/// The name that PostgreSQL gives what belongs to a table or a column of it: cut so that the suffix fits (`makeObjectName`).
#[must_use]
pub fn automatic_name(table: &str, column: Option<&str>, suffix: &str) -> String {
    let separators = usize::from(column.is_some()) + 1;
    let available = MAX_NAME_BYTES - suffix.len() - separators;
    let (mut of_table, mut of_column) = (table.len(), column.map_or(0, str::len));
    while of_table + of_column > available {
        if of_table > of_column {
            of_table -= 1;
        } else {
            of_column -= 1;
        }
    }
    let table = cut(table, of_table);
    match column {
        Some(column) => format!("{table}_{}_{suffix}", cut(column, of_column)),
        None => format!("{table}_{suffix}"),
    }
}

fn cut(name: &str, bytes: usize) -> &str {
    &name[..name.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::automatic_name;

    #[test]
    fn a_long_name_is_cut_as_postgresql_does_it() {
        let (long, umlauts) = ("t".repeat(63), "ä".repeat(31));
        assert_eq!(automatic_name("t", Some("id"), "seq"), "t_id_seq");
        assert_eq!(
            automatic_name(&long, None, "pkey"),
            format!("{}_pkey", "t".repeat(58))
        );
        assert_eq!(
            automatic_name(&long, Some(&long), "seq"),
            format!("{}_{}_seq", "t".repeat(29), "t".repeat(29))
        );
        assert_eq!(
            automatic_name(&umlauts, None, "pkey"),
            format!("{}_pkey", "ä".repeat(29))
        );
    }
}
