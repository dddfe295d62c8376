/** The places of the page. One appears only when the server says that it serves it. */

/** @type {Record<string, { label: string, icon: import("../icons.js").IconName, element: string, load: () => Promise<unknown> }>} */
export const PLACES = {
  tables: { label: "Tables", icon: "table", element: "tables-place", load: () => import("../tables/place.js") },
  sql: { label: "SQL", icon: "sql", element: "sql-place", load: () => import("../sql/place.js") },
  diagram: { label: "Diagram", icon: "diagram", element: "diagram-place", load: () => import("../diagram/place.js") },
  migrations: { label: "Migrations", icon: "migrations", element: "migrations-place", load: () => import("../migrations/place.js") },
};
