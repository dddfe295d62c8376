//! The kinds of statements by name.

use pg_schema::GlobalKind;

use super::{RelationWord, Statement};

impl Statement {
    /// The kind's name, as JSON has it: that of the variant.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateSchema(_) => "create-schema",
            Self::DropSchema(_) => "drop-schema",
            Self::CreateExtension(_) => "create-extension",
            Self::SetExtensionSchema { .. } => "set-extension-schema",
            Self::DropExtension(_) => "drop-extension",
            Self::CreateEnum(_) => "create-enum",
            Self::AddEnumValue { .. } => "add-enum-value",
            Self::DropEnum(_) => "drop-enum",
            Self::CreateTable(_) => "create-table",
            Self::DropTable(_) => "drop-table",
            Self::EnableRowSecurity(_) => "enable-row-security",
            Self::DisableRowSecurity(_) => "disable-row-security",
            Self::AddColumn { .. } => "add-column",
            Self::DropColumn { .. } => "drop-column",
            Self::SetDataType { .. } => "set-data-type",
            Self::SetDefault { .. } => "set-default",
            Self::DropDefault { .. } => "drop-default",
            Self::SetNotNull { .. } => "set-not-null",
            Self::DropNotNull { .. } => "drop-not-null",
            Self::DropExpression { .. } => "drop-expression",
            Self::AddIdentity { .. } => "add-identity",
            Self::AlterIdentity { .. } => "alter-identity",
            Self::DropIdentity { .. } => "drop-identity",
            Self::AddPrimaryKey { .. } => "add-primary-key",
            Self::AddUnique { .. } => "add-unique",
            Self::AddCheck { .. } => "add-check",
            Self::AddForeignKey { .. } => "add-foreign-key",
            Self::DeferForeignKey { .. } => "defer-foreign-key",
            Self::DropConstraint { .. } => "drop-constraint",
            Self::CreateIndex { .. } => "create-index",
            Self::DropIndex(_) => "drop-index",
            Self::CreateOwnedSequence { .. } => "create-owned-sequence",
            Self::SetSequenceValue { .. } => "set-sequence-value",
            Self::AlterSequenceType { .. } => "alter-sequence-type",
            Self::RenameSequence { .. } => "rename-sequence",
            Self::CreateSequence(_) => "create-sequence",
            Self::AlterSequence { .. } => "alter-sequence",
            Self::OwnSequence { .. } => "own-sequence",
            Self::WidenSequence { .. } => "widen-sequence",
            Self::RestartSequenceOutside { .. } => "restart-sequence-outside",
            Self::DropSequence(_) => "drop-sequence",
            Self::CreateRole(_) => "create-role",
            Self::AlterRole(_) => "alter-role",
            Self::DropRole(_) => "drop-role",
            Self::CreatePolicy { .. } => "create-policy",
            Self::AlterPolicy { .. } => "alter-policy",
            Self::DropPolicy { .. } => "drop-policy",
            Self::CreateView(_) => "create-view",
            Self::AlterView { .. } => "alter-view",
            Self::DropView { .. } => "drop-view",
            Self::Comment { .. } => "comment",
            Self::RenameGlobal { kind, .. } => match kind {
                GlobalKind::Namespace => "rename-schema",
                GlobalKind::Role => "rename-role",
            },
            Self::RenameRelation { relation, .. } => match relation {
                RelationWord::Type => "rename-enum",
                RelationWord::Sequence => "rename-sequence",
                RelationWord::Table => "rename-table",
                RelationWord::View | RelationWord::MaterializedView => "rename-view",
            },
            Self::SetSchema { .. } => "set-schema",
            Self::RenameColumn { .. } => "rename-column",
            Self::RenameConstraint { .. } => "rename-constraint",
            Self::RenameIndex { .. } => "rename-index",
            Self::RenameEnumValue { .. } => "rename-enum-value",
            Self::RenamePolicy { .. } => "rename-policy",
        }
    }
}
