# A region for a demonstration, and what shows its calls. Sourced by demo.

region_pid='' watch_pid=''
work=$(mktemp -d)
clean_up() {
  trap '' INT TERM
  if [ -n "$watch_pid" ]; then kill "$watch_pid" 2>/dev/null || true; fi
  if [ -n "$region_pid" ] && kill -0 "$region_pid" 2>/dev/null; then
    kill -TERM "$region_pid"
    wait "$region_pid" 2>/dev/null || true
  fi
  end_compiler
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# start_region OPTION…: on a free port, with nothing of the user's own AWS configuration. Sets endpoint.
start_region() {
  src/Fogbank/bin/Release/net10.0/fogbank up --port 0 --data-dir "$work/data" "$@" >"$work/region.out" 2>"$work/region.err" &
  region_pid=$!
  for _ in $(seq 600); do
    grep -q '^Ready\.' "$work/region.out" && break
    kill -0 "$region_pid" 2>/dev/null || { cat "$work/region.err" >&2; fail "the region does not start"; }
    read -r -t 0.1 <> <(:) || true
  done
  grep -q '^Ready\.' "$work/region.out" || fail "the region is not ready after a minute"
  endpoint=$(grep -o -m 1 'http://127\.0\.0\.1:[0-9]*' "$work/region.out")
  grep -E '^  (auth|isolation|durability|data|region)' "$work/region.out"

  # Nothing of the user's own AWS configuration may take part.
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
  export AWS_CONFIG_FILE=$work/no-config AWS_SHARED_CREDENTIALS_FILE=$work/no-credentials
  unset AWS_PROFILE AWS_SESSION_TOKEN
}

# call ARGUMENT…: shows a call of the AWS CLI and makes it.
exec 9>&1
call() { printf '   $ aws %s\n' "$(printf '%s ' "$@" | cut -c1-150)" >&9; quiet_call "$@"; }
quiet_call() { command aws --endpoint-url "$endpoint" "$@"; }

no_errors() { [ ! -s "$work/region.err" ] || ! grep -a ' error ' "$work/region.err" || fail "the region logged errors"; }
