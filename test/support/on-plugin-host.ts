// Imported before a test of the provider process: the process is then the plugin of the package instead of the SDK's.
process.env["TEST_HOST"] = "plugin";
