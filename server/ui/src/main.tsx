import { render } from "preact";
import { App } from "./app";
import "./dropped";
import "./settings";
import "./style/base.css";
import "./style/parts.css";
import "./style/media.css";

const place = document.getElementById("app");
if (place) render(<App />, place);
