// The rows of fault-table-across-runs.test.ts through the plugin host: the same outcomes with the same requests, since both compare with the same sections of the document.
import "../support/on-plugin-host";
import "./fault-table-across-runs.test";
