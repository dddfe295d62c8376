import { svg, uniqueId } from "../dom.js";
import { shortType } from "../format.js";
import { icon } from "../icons.js";
import { address } from "../route.js";
import { rounded } from "./geometry.js";

/**
 * @typedef {{ id: number, schema: string, name: string, x: number, y: number, width: number, height: number,
 *             columns: { number?: number, name: string, type: string, key: "pk"|"fk"|null }[] }} DiagramNode
 * @typedef {{ name: string, from: { id: number, column: number }, to: { id: number, column: number }, points: [number, number][],
 *             one: boolean, optional: boolean }} DiagramEdge
 * @typedef {{ width: number, height: number, nodes: DiagramNode[], edges: DiagramEdge[] }} Diagram
 */

const HEAD = 32;
const TINTS = 6;
const CHARACTER = 6.7;

/** Cards and lines. @param {Diagram} diagram */
export function drawing({ nodes, edges }) {
  const ids = { many: uniqueId("many"), one: uniqueId("one"), optional: uniqueId("optional") };
  const schemas = [...new Set(nodes.map(({ schema }) => schema))];
  return [
    svg("defs", {}, marker(ids.many, "M9 1L0 6L9 11M0 6H9"), marker(ids.one, "M5 1V11M0 6H9"), marker(ids.optional, "M9 1V11M7.5 6H9M1 6a3 3 0 1 0 6 0a3 3 0 1 0-6 0")),
    svg("g.edges", {}, edges.map((edge) => line(edge, ids))),
    svg("g.nodes", {}, nodes.map((node) => card(node, schemas.indexOf(node.schema) % TINTS, schemas.length > 1))),
  ];
}

/** The sign at the end of a line: it takes the colour of the line. */
function marker(id, path) {
  return svg(
    "marker",
    { id, viewBox: "0 0 10 12", markerWidth: 10, markerHeight: 12, refX: 9, refY: 6, orient: "auto-start-reverse", markerUnits: "userSpaceOnUse" },
    svg("path", { d: path, fill: "none", stroke: "context-stroke", "stroke-width": 1.25 }),
  );
}

function line({ name, from, to, points, one, optional }, ids) {
  if (points.length < 2) return null;
  return svg(
    "path.edge",
    {
      d: rounded(points),
      "data-from": from.id,
      "data-to": to.id,
      "marker-start": `url(#${one ? ids.one : ids.many})`,
      "marker-end": `url(#${optional ? ids.optional : ids.one})`,
    },
    svg("title", {}, name),
  );
}

function card({ id, schema, name, x, y, width, height, columns }, tint, withSchema) {
  const rowHeight = columns.length > 0 ? (height - HEAD) / columns.length : 0;
  const title = withSchema ? `${schema}.${name}` : name;
  return svg(
    "a.card",
    { href: address("tables", [schema, name]), transform: `translate(${x} ${y})`, "data-id": id, "data-tint": tint },
    svg("rect.card-box", { width, height, rx: 7 }),
    svg("path.card-head", { d: `M0 ${HEAD}V7a7 7 0 0 1 7-7H${width - 7}a7 7 0 0 1 7 7V${HEAD}z` }),
    svg("text.card-name", { x: 12, y: HEAD / 2 + 4.5 }, withSchema && svg("tspan.card-schema", {}, `${schema}.`), short(name, width - 24 - (withSchema ? (schema.length + 1) * CHARACTER : 0), 7.4)),
    svg("title", {}, title),
    columns.map((column, index) => row(column, HEAD + index * rowHeight, width, rowHeight)),
  );
}

function row({ name, type, key }, top, width, height) {
  const middle = top + height / 2;
  const mark = key && icon(key === "pk" ? "key" : "link", key === "pk" ? "primary key" : "foreign key");
  for (const [attribute, value] of Object.entries({ x: 10, y: middle - 6, width: 12, height: 12 })) mark?.setAttribute(attribute, String(value));
  const typeName = shortType(type);
  const nameRoom = Math.max((width - 40) * 0.6, width - 48 - typeName.length * 6.2);
  const shownName = short(name, nameRoom, CHARACTER);
  return svg(
    "g.card-row",
    // A link is named by what it leads to; the columns are in the list.
    { "aria-hidden": "true" },
    mark,
    svg("text.card-column", { x: 28, y: middle + 4 }, shownName),
    svg("text.card-type", { x: width - 10, y: middle + 4, "text-anchor": "end" }, short(typeName, width - 48 - shownName.length * CHARACTER, 6.2)),
    svg("title", {}, `${name} ${type}`),
  );
}

function short(text, room, character) {
  const most = Math.max(2, Math.floor(room / character));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
