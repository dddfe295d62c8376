//! The page: every file that is served, one by one.

/// A file of the page.
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) path: &'static str,
    /// Its media type.
    pub(crate) mime: &'static str,
    /// Its content.
    pub(crate) bytes: &'static [u8],
}

macro_rules! asset {
    (page $file:literal) => {
        asset!("text/html; charset=utf-8", $file)
    };
    (script $file:literal) => {
        asset!("text/javascript; charset=utf-8", $file)
    };
    (style $file:literal) => {
        asset!("text/css; charset=utf-8", $file)
    };
    (image $file:literal) => {
        asset!("image/svg+xml", $file)
    };
    ($mime:literal, $file:literal) => {
        Asset {
            path: concat!("/", $file),
            mime: $mime,
            bytes: include_bytes!(concat!("../page/", $file)),
        }
    };
}

/// All of them.
const ASSETS: &[Asset] = &[
    Asset {
        path: "/",
        ..asset!(page "index.html")
    },
    asset!(style "css/controls.css"),
    asset!(style "css/diagram.css"),
    asset!(style "css/frame.css"),
    asset!(style "css/grid.css"),
    asset!(style "css/migrations.css"),
    asset!(style "css/panels.css"),
    asset!(style "css/sql.css"),
    asset!(style "css/tokens.css"),
    asset!(image "icon.svg"),
    asset!(script "js/announce.js"),
    asset!(script "js/api.js"),
    asset!(script "js/catalog.js"),
    asset!(script "js/diagram/drawing.js"),
    asset!(script "js/diagram/geometry.js"),
    asset!(script "js/diagram/minimap.js"),
    asset!(script "js/diagram/place.js"),
    asset!(script "js/diagram/save.js"),
    asset!(script "js/dom.js"),
    asset!(script "js/drawer/drawer.js"),
    asset!(script "js/drawer/field.js"),
    asset!(script "js/drawer/json.js"),
    asset!(script "js/drawer/row.js"),
    asset!(script "js/edit/control.js"),
    asset!(script "js/edit/picker.js"),
    asset!(script "js/edit/staged.js"),
    asset!(script "js/edit/tray.js"),
    asset!(script "js/errors.js"),
    asset!(script "js/format.js"),
    asset!(script "js/frame/app.js"),
    asset!(script "js/frame/dialog.js"),
    asset!(script "js/frame/keys.js"),
    asset!(script "js/frame/menu.js"),
    asset!(script "js/frame/no-tables.js"),
    asset!(script "js/frame/palette.js"),
    asset!(script "js/frame/places.js"),
    asset!(script "js/frame/relation-list.js"),
    asset!(script "js/frame/side-button.js"),
    asset!(script "js/frame/sidebar.js"),
    asset!(script "js/frame/theme.js"),
    asset!(script "js/grid/body.js"),
    asset!(script "js/grid/copy.js"),
    asset!(script "js/grid/drag.js"),
    asset!(script "js/grid/editing.js"),
    asset!(script "js/grid/grid.js"),
    asset!(script "js/grid/head.js"),
    asset!(script "js/grid/keys.js"),
    asset!(script "js/grid/layout.js"),
    asset!(script "js/grid/resize.js"),
    asset!(script "js/grid/selection.js"),
    asset!(script "js/grid/value.js"),
    asset!(script "js/icons.js"),
    asset!(script "js/main.js"),
    asset!(script "js/migrations/comparison.js"),
    asset!(script "js/migrations/history.js"),
    asset!(script "js/migrations/place.js"),
    asset!(script "js/preferences.js"),
    asset!(script "js/route.js"),
    asset!(script "js/sql/completion-list.js"),
    asset!(script "js/sql/completion.js"),
    asset!(script "js/sql/editor.js"),
    asset!(script "js/sql/highlight.js"),
    asset!(script "js/sql/history.js"),
    asset!(script "js/sql/layer.js"),
    asset!(script "js/sql/lexer.js"),
    asset!(script "js/sql/place.js"),
    asset!(script "js/sql/position.js"),
    asset!(script "js/sql/results.js"),
    asset!(script "js/sql/scripts.js"),
    asset!(script "js/sql/sessions.js"),
    asset!(script "js/sql/tabs.js"),
    asset!(script "js/sql/types.js"),
    asset!(script "js/tables/cells.js"),
    asset!(script "js/tables/export.js"),
    asset!(script "js/tables/filters.js"),
    asset!(script "js/tables/menus.js"),
    asset!(script "js/tables/place.js"),
    asset!(script "js/tables/query.js"),
    asset!(script "js/tables/rows.js"),
    asset!(script "js/tables/source.js"),
    asset!(script "js/tables/status.js"),
    asset!(script "js/types.js"),
];

impl Asset {
    /// The one at a path, which is compared as it was sent: no escapes, no dots.
    pub(crate) fn at(path: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.path == path)
    }

    /// What changes with the content (64-bit FNV-1a, quoted as HTTP wants it).
    pub(crate) fn etag(&self) -> String {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let hash = self.bytes.iter().fold(OFFSET, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
        });
        format!("\"{hash:016x}\"")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{ASSETS, Asset};

    #[test]
    fn every_file_of_the_page_is_served() {
        fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).expect("it is a folder") {
                let path = entry.expect("it can be read").path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    let path = path.strip_prefix(root).expect("it lies there");
                    found.push(format!("/{}", path.display()));
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.retain(|path| path != "/index.html");
        found.push("/".to_owned());
        let mut served: Vec<_> = ASSETS.iter().map(|asset| asset.path.to_owned()).collect();
        found.sort();
        served.sort();
        assert_eq!(served, found);
    }

    #[test]
    fn a_path_is_taken_as_it_is() {
        assert!(Asset::at("/").is_some());
        for path in [
            "",
            "//",
            "/index.html",
            "/../src/lib.rs",
            "/..%2fsrc%2flib.rs",
            "/js/../js/main.js",
            "/%6as/main.js",
        ] {
            assert!(Asset::at(path).is_none(), "{path}");
        }
    }

    #[test]
    fn another_content_has_another_etag() {
        let of = |bytes| {
            Asset {
                path: "/",
                mime: "",
                bytes,
            }
            .etag()
        };
        assert_eq!(of(b"a"), of(b"a"));
        assert_ne!(of(b"a"), of(b"b"));
        assert!(of(b"").starts_with('"'));
    }
}
