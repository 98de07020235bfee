// Spoken: Chromium's accessibility tree, line by line, as a screen reader goes through it: what a thing is called, what it is, in
// which state, and what is said of it besides. Times and made-up names are written so that they are always the same.
import type { CDPSession, Page } from "@playwright/test";

interface Node {
  nodeId: string;
  ignored: boolean;
  role?: { value: string };
  name?: { value: string };
  description?: { value: string };
  value?: { value: string | number };
  properties?: { name: string; value: { value: unknown } }[];
  childIds?: string[];
  backendDOMNodeId?: number;
}

/** What only holds other things together. */
const BARE = new Set(["none", "generic", "InlineTextBox", "LineBreak", "RootWebArea", "LayoutTable", "LayoutTableRow", "LayoutTableCell", "ListMarker", "LabelText", "Legend", "Details", "rowgroup", "form", "sectionheader"]);
/** What is read as part of the text around it. */
const INLINE = new Set(["StaticText", "strong", "emphasis", "code", "mark", "time", "Abbr", "superscript"]);
/** What is said as one, by its name. */
const WHOLE = new Set(["link", "button", "option", "checkbox", "radio", "combobox", "textbox", "searchbox", "columnheader", "rowheader", "image", "InputTime", "DateTime", "DisclosureTriangle"]);
const CALLED: Record<string, string> = { InputTime: "time field", DateTime: "date and time field", DisclosureTriangle: "button", banner: "banner landmark", main: "main landmark", navigation: "navigation landmark", search: "search landmark" };

/** So many rows of a list show how they are. */
const ARTICLES = 2;

/** The part of the page that a selector finds, as lines. */
export async function spoken(page: Page, selector: string, names: Record<string, string> = {}): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = (await cdp.send("Accessibility.getFullAXTree")) as unknown as { nodes: Node[] };
  const { root } = await cdp.send("DOM.getDocument");
  const { nodeId } = await cdp.send("DOM.querySelector", { nodeId: root.nodeId, selector });
  if (!nodeId) throw new Error(`nothing is at ${selector}`);
  const { node } = await cdp.send("DOM.describeNode", { nodeId });
  const top = nodes.find((one) => one.backendDOMNodeId === node.backendNodeId);
  if (!top) throw new Error(`${selector} is not in the tree`);
  const lines = await new Speaker(nodes, cdp).say(top);
  await cdp.detach();
  let text = lines.join("\n");
  for (const [name, said] of Object.entries(names)) text = text.replaceAll(name, said);
  return text;
}

class Speaker {
  private readonly byId: Map<string, Node>;

  constructor(nodes: Node[], private readonly cdp: CDPSession) {
    this.byId = new Map(nodes.map((node) => [node.nodeId, node]));
  }

  async say(node: Node, depth = 0): Promise<string[]> {
    const role = node.role?.value ?? "none";
    if (node.ignored || BARE.has(role)) return this.inside(node, depth);
    if (INLINE.has(role)) return [`${"  ".repeat(depth)}${this.text(node)}`];
    const name = role === "paragraph" ? "" : still(node.name?.value ?? "");
    const state = await this.state(node, role);
    if (WHOLE.has(role)) return [`${"  ".repeat(depth)}${[name, CALLED[role] ?? role, ...state].filter(Boolean).join(", ")}`];
    const inside = await this.inside(node, depth + 1);
    // A heading of nothing but text is that text; a paragraph, list item or cell of one line is that line.
    if (["heading", "term", "definition", "cell"].includes(role) && inside.length <= 1 && !/, (link|button)/.test(inside[0] ?? "")) {
      const said = ["heading"].includes(role) ? name : inside[0]?.trim() || name;
      return said ? [`${"  ".repeat(depth)}${[said, role, ...state].join(", ")}`] : [];
    }
    if (role === "paragraph") return inside.map((line) => line.slice(2));
    const called = role === "row" || role === "heading" ? "" : name;
    const own = `${"  ".repeat(depth)}${[called, CALLED[role] ?? role, ...state].filter(Boolean).join(", ")}`;
    return [own, ...inside];
  }

  /** Text that follows text is one line. */
  private async inside(node: Node, depth: number): Promise<string[]> {
    const lines: string[] = [];
    let text = "";
    let articles = 0;
    const flush = () => {
      const said = still(text).trim();
      if (said) lines.push(`${"  ".repeat(depth)}${said}`);
      text = "";
    };
    for (const child of this.flat(node)) {
      if (INLINE.has(child.role?.value ?? "")) text += ` ${this.text(child)}`;
      else {
        flush();
        if (child.role?.value === "article" && ++articles > ARTICLES) continue;
        lines.push(...(await this.say(child, depth)));
      }
    }
    flush();
    if (articles > ARTICLES) lines.push(`${"  ".repeat(depth)}(and ${articles - ARTICLES} more)`);
    return lines;
  }

  /** The children, without what only holds them together. The text of a label is said with its field. */
  private flat(node: Node): Node[] {
    const children = (node.childIds ?? []).flatMap((id) => this.byId.get(id) ?? []);
    const flat = children.flatMap((child) => (child.ignored || BARE.has(child.role?.value ?? "none") ? this.flat(child) : [child]));
    return ["LabelText", "Legend"].includes(node.role?.value ?? "") ? flat.filter((child) => !INLINE.has(child.role?.value ?? "")) : flat;
  }

  private text(node: Node): string {
    if (node.role?.value === "time") return "(time)";
    if (node.role?.value === "StaticText") return node.name?.value ?? "";
    return this.flat(node).map((child) => this.text(child)).join(" ");
  }

  private async state(node: Node, role: string): Promise<string[]> {
    const has = (name: string) => node.properties?.find((property) => property.name === name)?.value.value;
    const said: string[] = [];
    if (role === "heading") said.push(`level ${has("level")}`);
    if (role === "article" && node.backendDOMNodeId) {
      const { node: { attributes = [] } } = await this.cdp.send("DOM.describeNode", { backendNodeId: node.backendDOMNodeId });
      const attribute = (name: string) => attributes[attributes.indexOf(name) + 1];
      if (attributes.includes("aria-posinset")) said.push(`${attribute("aria-posinset")} of ${attribute("aria-setsize")}`);
      if (attributes.includes("aria-current")) said.push("current");
    }
    if (role === "link" && node.backendDOMNodeId) {
      const { node: { attributes = [] } } = await this.cdp.send("DOM.describeNode", { backendNodeId: node.backendDOMNodeId });
      if (attributes.includes("aria-current")) said.push("current page");
    }
    if (has("checked") !== undefined) said.push(has("checked") === "true" ? "checked" : "not checked");
    if (role !== "combobox" && has("expanded") !== undefined) said.push(has("expanded") ? "expanded" : "collapsed");
    if (has("selected")) said.push("selected");
    if (has("required")) said.push("required");
    if (["textbox", "searchbox", "combobox", "InputTime"].includes(role) && node.value?.value) said.push(`«${still(String(node.value.value))}»`);
    if (has("keyshortcuts")) said.push(`key ${has("keyshortcuts")}`);
    const description = still(node.description?.value ?? "").trim();
    if (description && description !== node.name?.value) said.push(`“${description}”`);
    return said;
  }
}

/** Without what is another one at every run. */
function still(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/\b(now|\d+ min|\d{1,2}:\d\d)( UTC)?(?=[ .,”]|$)/g, (found, time: string) => (/^0[79]:00$|^22:00$|^03:12$/.test(time) ? found : "(time)"))
    .replace(/(Next week) .*?, 09:00/, "$1 (date), 09:00")
    .replace(/(In an hour) tomorrow,/, "$1")
    .replace(/\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+ \w+ \d{4}, \(time\)/g, "(time)");
}
