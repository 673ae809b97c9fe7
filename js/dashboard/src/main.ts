import "./styles/base.css";
import "./styles/header.css";
import "./styles/overview.css";
import "./styles/journeys.css";
import "./styles/visits.css";
import "./styles/volume.css";
import "./styles/prose.css";
import "./styles/settings.css";
import { offerCopies } from "./copy";
import { followLinks } from "./follow";
import { goLive } from "./live";
import { tendMenus } from "./menus";
import { tendSankey } from "./sankey";

tendMenus(document);
tendSankey(document);
offerCopies(document);
followLinks(window);
goLive(window);
