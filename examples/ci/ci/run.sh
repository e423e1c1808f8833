#!/usr/bin/env bash
# What the pipelines do, in one place for all of them: ci/run.sh preview|up|rotate|drift
set -euo pipefail

# The token comes out of the stack, where it is encrypted: a copy in the CI's own secret store would have to be
# replaced at each rotation. Only the first `up` needs one from outside, in WAYSCLOUD_PAT_TOKEN: a person's.
if [[ -z "${WAYSCLOUD_PAT_TOKEN:-}" ]]; then
  WAYSCLOUD_PAT_TOKEN="$(pulumi stack output ciToken --show-secrets)"
  export WAYSCLOUD_PAT_TOKEN
fi

case "${1:-}" in
  preview) pulumi preview --diff ;;
  up) pulumi up --yes --skip-preview ;;
  # What is due is replaced by any `up`. Of main, on a schedule, it does nothing else.
  rotate) pulumi up --yes --skip-preview ;;
  # Compares the state with the account, and changes neither: first what the stack manages (`preview --refresh` would
  # report program changes too), then what was added that no stack manages. Both are reported, whichever fails.
  drift)
    status=0
    pulumi refresh --preview-only --expect-no-changes || status=$?
    pulumi stack export | npx --no -- pulumi-wayscloud audit --stack-export - \
      --only unmanaged,orphan --ignore-file ci/accepted-keys.txt || status=$((status ? status : $?))
    exit "$status"
    ;;
  *)
    echo "usage: ci/run.sh preview|up|rotate|drift" >&2
    exit 2
    ;;
esac
