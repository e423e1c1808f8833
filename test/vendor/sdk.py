"""Makes one call of the vendor's SDK and prints its result as JSON: sdk.py SERVICE.METHOD [ARGUMENTS as JSON].

The SDK itself finds credentials and endpoint in the environment. Exit status 1: it raised its own error.
"""
import json
import sys

from wayscloud import WaysCloudClient, WaysCloudError


def main() -> int:
    service, method = sys.argv[1].split(".")
    arguments = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    with WaysCloudClient() as client:
        try:
            result = getattr(getattr(client, service), method)(**arguments)
        except WaysCloudError as error:
            print(json.dumps({"error": type(error).__name__, "message": error.message}))
            return 1
    print(json.dumps(result))
    return 0


sys.exit(main())
