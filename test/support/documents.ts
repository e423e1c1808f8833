// The documents that users read, and the code blocks in them: README.md and docs/*.md.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

export interface Block {
  /** `docs/rotation.md:16`. */
  place: string;
  document: string;
  language: string;
  text: string;
}

/** The names of the documents, README.md first: its first program is the one that others start with. */
export function documentNames(): string[] {
  const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.sort().map((name) => `docs/${name}`)];
}

export function readDocument(name: string): string {
  return readFileSync(join(ROOT, name), "utf8");
}

/** The code blocks in this language, in a document or in all of them. */
export function blocksIn(language: string, documents = documentNames()): Block[] {
  return documents.flatMap((document) => {
    const content = readDocument(document);
    return [...content.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
      .filter(([, name]) => name === language)
      .map((match) => ({
        place: `${document}:${content.slice(0, match.index).split("\n").length}`,
        document,
        language,
        text: match[2]!,
      }));
  });
}
