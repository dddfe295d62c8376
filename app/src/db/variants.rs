/// The strategies that a model trades under. The enum `Variant` and the seed both come from this list.
pub const VARIANTS: [&str; 4] = ["Apex", "Trendsurfer", "Contrarian", "Sovereign"];
