// Words of this project's own English that a reader stumbles over, in messages, comments and documents. As a command it checks the documents.
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { argv, stderr } from "node:process";
import { fileURLToPath } from "node:url";

/** What is found, and what to write instead. */
const WORDS = [
  [/\b(told|tells)\b/i, "say, report, show"],
  [/\banew\b/i, "again"],
  [/\blately\b/i, "recently"],
  [/\b(a text|texts)\b/i, "string"],
  [/\bwhole list\b/i, "complete list"],
  [/\bmade by hand\b/i, "created manually"],
  [/\bmade up\b/i, "generated"],
  [/(?<!\bthere )\bis no (?!longer\b)[a-z]+/i, "is not a …"],
];

/** What stands in the text that should not: `{ index, message }`. */
export function dialectIn(text) {
  return WORDS.flatMap(([pattern, instead]) =>
    [...text.matchAll(new RegExp(pattern, "gi"))].map((match) => ({
      index: match.index,
      message: `"${match[0]}" is house dialect; write: ${instead}`,
    })),
  );
}

export const dialect = {
  create(context) {
    const look = (node, text) =>
      dialectIn(text).forEach(({ message }) => context.report({ loc: node.loc, message }));
    return {
      Program: () => context.sourceCode.getAllComments().forEach((comment) => look(comment, comment.value)),
      Literal: (node) => typeof node.value === "string" && look(node, node.value),
      TemplateElement: (node) => look(node, node.value.raw),
    };
  },
};

function checkDocuments() {
  const documents = [
    ...readdirSync(".").filter((name) => name.endsWith(".md")),
    ...readdirSync("docs").map((name) => `docs/${name}`),
    ...readdirSync("examples").map((name) =>
      name.endsWith(".md") ? `examples/${name}` : `examples/${name}/README.md`,
    ),
  ].filter((name) => name.endsWith(".md"));
  const found = documents.flatMap((name) => {
    const text = readFileSync(name, "utf8");
    return dialectIn(text).map(
      ({ index, message }) => `${name}:${text.slice(0, index).split("\n").length}: ${message}`,
    );
  });
  stderr.write(found.map((line) => `${line}\n`).join(""));
  return found.length === 0 ? 0 : 1;
}

if (argv[1] && existsSync(argv[1]) && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = checkDocuments();
}
