//! What has another name in the later state.

use pg_migration::applicable;
use pg_schema::{GlobalKind, PartKind, QualifiedName, RelationKind, Rename, Schema};

use super::declared::Declared;
use super::genes::{COLUMNS, ENUMS, Pick, ROLES, SCHEMAS, SEQUENCES, TABLES, VIEWS, World};
use super::names::Kind;

/// The renames from one state to the other, as far as they say something about these two.
pub(super) fn renames(worlds: [&World; 2], states: [&Schema; 2], worker: usize) -> Vec<Rename> {
    let [from, to] = worlds.map(|world| Declared { world, worker });
    let mut said = Vec::new();
    let mut global = |kind, earlier: String, later: String| {
        if earlier != later {
            said.push(Rename::Global {
                kind,
                from: earlier,
                to: later,
            });
        }
    };
    for slot in 0..SCHEMAS {
        let name = |state: &Declared| state.name(Kind::Schema, slot);
        global(GlobalKind::Namespace, name(&from), name(&to));
    }
    for slot in 0..ROLES {
        global(GlobalKind::Role, from.role(slot), to.role(slot));
    }
    let places = |kind: Kind, slot: usize| -> [Option<Pick>; 2] {
        worlds.map(|world| match kind {
            Kind::Enum => Some(world.enums[slot].as_ref()?.place),
            Kind::Sequence => Some(world.sequences[slot].as_ref()?.place),
            Kind::Table => Some(world.tables[slot].as_ref()?.place),
            _ => Some(world.views[slot].as_ref()?.place),
        })
    };
    for (kind, relation, slots) in [
        (Kind::Enum, RelationKind::Enum, ENUMS),
        (Kind::Sequence, RelationKind::Sequence, SEQUENCES),
        (Kind::Table, RelationKind::Table, TABLES),
        (Kind::View, RelationKind::View, VIEWS),
    ] {
        for slot in 0..slots {
            let [Some(earlier), Some(later)] = places(kind, slot) else {
                continue;
            };
            if from.name(kind, slot) != to.name(kind, slot) {
                // The schema under its later name.
                let schema = to.qualified(kind, slot, earlier).schema;
                said.push(Rename::InSchema {
                    kind: relation,
                    from: QualifiedName::new(schema, from.name(kind, slot)),
                    to: to.qualified(kind, slot, later),
                });
            }
        }
    }
    let columns = (0..COLUMNS).map(|slot| (Kind::Column, slot));
    let references = (0..TABLES).map(|slot| (Kind::Reference, slot));
    for (kind, slot) in columns.chain(references) {
        let (earlier, later) = (from.name(kind, slot), to.name(kind, slot));
        for table in (0..TABLES).filter(|_| earlier != later) {
            if let Some(of) = to.table_name(table) {
                said.push(Rename::Part {
                    kind: PartKind::Column,
                    of,
                    from: earlier.clone(),
                    to: later.clone(),
                });
            }
        }
    }
    applicable(&said, states[0], states[1])
}
