// The rows of fault-table-network.test.ts through the plugin host: the same outcomes with the same requests, since both compare with one section of the document.
import "../support/on-plugin-host";
import "./fault-table-network.test";
