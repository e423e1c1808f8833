#!/usr/bin/env node
// The bin `pulumi-wayscloud`.
import "../supported-node";
import { main } from "./command-line";

main(process.argv.slice(2));
