import { announce } from "../announce.js";
import { download } from "../api.js";
import { saveFile } from "../drawer/field.js";
import { openMenu } from "../frame/menu.js";

const FORMATS = { csv: "CSV", json: "JSON", ndjson: "JSON, an object a line", sql: "SQL, as INSERT" };

/**
 * All rows that are asked for, not only those of the page; the server runs the query again and streams it.
 *
 * @param {Element} at
 * @param {object} ask
 * @param {import("../types.js").Relation} relation
 * @param {(error: unknown) => void} failed
 */
export function exportMenu(at, ask, relation, failed) {
  openMenu(
    "Export all rows",
    at,
    Object.entries(FORMATS).map(([format, label]) => ({
      label,
      icon: "download",
      run: async () => {
        announce(`Exporting ${relation.name}`);
        try {
          const file = await download("export", { ...ask, format });
          saveFile(file.name, file.blob);
          announce(`Exported ${relation.name}`);
        } catch (error) {
          failed(error);
        }
      },
    })),
  );
}
