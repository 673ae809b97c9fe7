// The map of the overview: the countries of world-atlas, projected here once, as symbols that a page draws by their
// ISO 3166-1 alpha-2 code (`world.svg#DE`) and colours by itself. A country that has no shape there is in the table only.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const SOURCE = new URL("../node_modules/world-atlas/countries-110m.json", import.meta.url);
const TARGET = new URL("../../dashboard/static/world.svg", import.meta.url);
const WIDTH = 960;
const HEIGHT = 430;
// Equal Earth (Šavrič, Patterson and Jenny, 2018): areas keep their size, so that no country shouts louder by its place.
const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const SCALE = 177;
const LEFT = WIDTH / 2 - 14;
const TOP = 232;

// ISO 3166-1 numeric → alpha-2, of the countries that the atlas draws; Kosovo has no number there.
const CODES = codes(`
  004AF 008AL 010AQ 012DZ 024AO 031AZ 032AR 036AU 040AT 044BS 050BD 051AM 056BE 064BT 068BO 070BA 072BW 076BR 084BZ
  090SB 096BN 100BG 104MM 108BI 112BY 116KH 120CM 124CA 140CF 144LK 148TD 152CL 156CN 158TW 170CO 178CG 180CD 188CR
  191HR 192CU 196CY 203CZ 204BJ 208DK 214DO 218EC 222SV 226GQ 231ET 232ER 233EE 238FK 242FJ 246FI 250FR 260TF 262DJ
  266GA 268GE 270GM 275PS 276DE 288GH 300GR 304GL 320GT 324GN 328GY 332HT 340HN 348HU 352IS 356IN 360ID 364IR 368IQ
  372IE 376IL 380IT 384CI 388JM 392JP 398KZ 400JO 404KE 408KP 410KR 414KW 417KG 418LA 422LB 426LS 428LV 430LR 434LY
  440LT 442LU 450MG 454MW 458MY 466ML 478MR 484MX 496MN 498MD 499ME 504MA 508MZ 512OM 516NA 524NP 528NL 540NC 548VU
  554NZ 558NI 562NE 566NG 578NO 586PK 591PA 598PG 600PY 604PE 608PH 616PL 620PT 624GW 626TL 630PR 634QA 642RO 643RU
  646RW 682SA 686SN 688RS 694SL 703SK 704VN 705SI 706SO 710ZA 716ZW 724ES 728SS 729SD 732EH 740SR 748SZ 752SE 756CH
  760SY 762TJ 764TH 768TG 780TT 784AE 788TN 792TR 795TM 800UG 804UA 807MK 818EG 826GB 834TZ 840US 854BF 858UY 860UZ
  862VE 887YE 894ZM`);

const topology = JSON.parse(readFileSync(SOURCE, "utf8"));
const arcs = topology.arcs.map(placed);
const shapes = topology.objects.countries.geometries
  .map((country) => [
    CODES.get(country.id) ?? (country.properties.name === "Kosovo" ? "XK" : ""),
    outline(country),
  ])
  .filter(([code, path]) => code && code !== "AQ" && path)
  .sort(([a], [b]) => (a < b ? -1 : 1));
const drawn = shapes.map(([code, path]) => `<path id="${code}" d="${path}"/>`).join("\n");
mkdirSync(new URL(".", TARGET), { recursive: true });
writeFileSync(
  TARGET,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">\n<g id="land">\n${drawn}\n</g>\n</svg>\n`,
);

function codes(list) {
  return new Map([...list.matchAll(/(\d{3})([A-Z]{2})/g)].map(([, number, code]) => [number, code]));
}

/** A TopoJSON arc (differences of whole numbers) as points on the map. */
function placed(arc) {
  const { scale, translate } = topology.transform;
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return projected(x * scale[0] + translate[0], y * scale[1] + translate[1]);
  });
}

function projected(longitude, latitude) {
  const t = Math.asin((Math.sqrt(3) / 2) * Math.sin((latitude * Math.PI) / 180));
  const squared = t * t;
  const sixth = squared ** 3;
  const slope = A1 + 3 * A2 * squared + sixth * (7 * A3 + 9 * A4 * squared);
  const x = (2 * Math.sqrt(3) * ((longitude * Math.PI) / 180) * Math.cos(t)) / (3 * slope);
  const y = t * (A1 + A2 * squared + sixth * (A3 + A4 * squared));
  return [LEFT + x * SCALE, TOP - y * SCALE];
}

function outline(country) {
  const polygons = country.type === "Polygon" ? [country.arcs] : country.arcs;
  return polygons.flat().map(ring).join("");
}

/** A ring of arcs as a path; a negative number is an arc walked backwards (TopoJSON, section 2.1.4).
 *
 * What crosses 180° goes on as another piece: it would draw a line through the whole world.
 */
function ring(indexes) {
  const points = indexes.flatMap((index) => (index < 0 ? [...arcs[~index]].reverse() : arcs[index]).slice(1));
  const path = points.map(([x, y], at) => {
    const broken = at === 0 || Math.abs(x - points[at - 1][0]) > WIDTH / 2;
    return `${broken ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return `${path.filter((word, at) => word !== path[at - 1]).join("")}Z`;
}
