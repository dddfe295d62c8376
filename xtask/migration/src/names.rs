//! Names for migrations that are given none: an adjective and a noun.

const ADJECTIVES: [&str; 64] = [
    "able", "amber", "ample", "ancient", "azure", "bold", "brave", "brief", "bright", "brisk",
    "calm", "careful", "clever", "cold", "cosmic", "crisp", "curious", "daring", "deep", "eager",
    "early", "elder", "fair", "famous", "fast", "fine", "firm", "fresh", "gentle", "glad",
    "golden", "grand", "green", "happy", "hidden", "honest", "humble", "keen", "kind", "late",
    "lively", "loyal", "lucky", "mellow", "mighty", "modern", "noble", "patient", "plain", "proud",
    "quick", "quiet", "rapid", "rare", "royal", "sharp", "silent", "smooth", "steady", "sunny",
    "swift", "tidy", "warm", "wise",
];

const NOUNS: [&str; 64] = [
    "acorn", "anchor", "arrow", "badger", "beacon", "birch", "bison", "bridge", "brook", "canyon",
    "cedar", "comet", "coral", "crane", "delta", "dolphin", "eagle", "ember", "falcon", "fern",
    "fjord", "forest", "garnet", "glacier", "harbor", "hazel", "heron", "island", "ivy", "jaguar",
    "juniper", "lagoon", "lantern", "lark", "ledger", "lynx", "maple", "meadow", "meteor", "mole",
    "needle", "oak", "orchid", "otter", "owl", "panther", "pebble", "pine", "planet", "prairie",
    "quartz", "raven", "reef", "river", "robin", "sparrow", "spruce", "summit", "tiger", "tulip",
    "valley", "walnut", "willow", "wren",
];

/// A name like `steady_otter`, chosen by the bytes of a migration's snapshot id, so that nothing else here has to be random.
#[must_use]
pub fn random_name(id: &uuid::Uuid) -> String {
    let bytes = id.as_bytes();
    format!(
        "{}_{}",
        ADJECTIVES[usize::from(bytes[0]) % ADJECTIVES.len()],
        NOUNS[usize::from(bytes[1]) % NOUNS.len()]
    )
}
