// Typed rules for the product and its tests; formatting is prettier's.
import tseslint from "typescript-eslint";
import { dialect } from "./scripts/lint/dialect.mjs";
import { layers } from "./scripts/lint/layers.mjs";

export default tseslint.config(
  {
    ignores: [
      "dist",
      ".building-*",
      "coverage",
      "node_modules",
      "examples",
      "**/*.mjs",
      "**/*.js",
      "**/*.cjs",
      "reports",
      ".stryker-tmp",
      "docs",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-console": "error",
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/**/*.ts"],
    plugins: { ours: { rules: { layers, dialect } } },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "ours/layers": "error",
      "max-lines": ["error", { max: 300 }],
      "ours/dialect": "error",
      // Code is for prettier, also in an example.
      "max-len": [
        "error",
        { code: 1000, comments: 110, ignoreUrls: true, ignorePattern: "eslint-disable|;$" },
      ],
      // An interface with nothing of its own gives a derived type its name.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "max-lines": "off",
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
);
