@node "%~dp0\pulumi-resource-wayscloud-account" %*
