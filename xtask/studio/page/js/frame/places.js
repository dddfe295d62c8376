/** The places of the page. One appears only when the server says that it serves it. */

import "../diagram/place.js";
import "../migrations/place.js";
import "../sql/place.js";
import "../tables/place.js";

/** @type {Record<string, { label: string, icon: import("../icons.js").IconName, element: string }>} */
export const PLACES = {
  tables: { label: "Tables", icon: "table", element: "tables-place" },
  sql: { label: "SQL", icon: "sql", element: "sql-place" },
  diagram: { label: "Diagram", icon: "diagram", element: "diagram-place" },
  migrations: { label: "Migrations", icon: "migrations", element: "migrations-place" },
};
